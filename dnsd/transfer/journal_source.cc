#include "dnsd/transfer/journal_source.h"

#include <algorithm>
#include <utility>

#include "dnsd/zone/look_up.h"
#include "dnsd/zone/record_layout.h"

namespace dnsd::transfer {
namespace {

using std::chrono::milliseconds;
using zonestore::DifferenceRecord;
using zonestore::Result;
using zonestore::SpanStep;

constexpr std::size_t kRowsOfSlice = 2000;        // some milliseconds
constexpr std::uint64_t kRowsOfSmallSpan = 1000;  // so many are always read
constexpr std::uint64_t kPartOfZone = 4;          // of the record sets: more is not worth it
constexpr std::size_t kSmallDifferenceBytes = 1U << 20U;
constexpr milliseconds kLongestBusyPause{50};
constexpr milliseconds kMostPatience{5000};

bool has(const zone::Zone& zone, const DifferenceRecord& wanted) {
  wire::LoweredName name;
  wire::lower_name(wanted.owner, name);
  const zone::NodeView node = zone::find_exactly(zone, name);
  const auto set = node ? node.find(wanted.type) : std::nullopt;
  wire::ByteView rest = set ? set->answer : wire::ByteView();
  wire::RecordView record;
  while (zone::take_record(rest, record)) {
    if (record.ttl == zonestore::seconds(wanted.ttl) && std::ranges::equal(record.rdata, wanted.rdata)) {
      return true;
    }
  }
  return false;
}

}  // namespace

const char* to_text(WholeZoneWhy why) {
  switch (why) {
    case WholeZoneWhy::kNoHistory:
      return "no-history";
    case WholeZoneWhy::kTooLarge:
      return "too-large";
    case WholeZoneWhy::kBusy:
      return "busy";
    case WholeZoneWhy::kDamaged:
      return "damaged";
    case WholeZoneWhy::kPeer:
      return "peer";
  }
  return "unknown";
}

bool leads_to(const zonestore::ZoneDifference& difference, const zone::Zone& zone) {
  return has(zone, difference.soa_after) &&
         std::ranges::all_of(difference.added, [&](const DifferenceRecord& record) { return has(zone, record); }) &&
         std::ranges::none_of(difference.removed, [&](const DifferenceRecord& record) { return has(zone, record); });
}

JournalSource::JournalSource(std::filesystem::path store_dir, std::size_t most_bytes,
                             std::function<bool()> is_store_taken)
    : store_dir_(std::move(store_dir)), most_bytes_(most_bytes), is_store_taken_(std::move(is_store_taken)) {}

JournalSource::~JournalSource() = default;

// The path may lead to another file by now.
Result<zonestore::PublishedReader*> JournalSource::reader() {
  if (reader_ && !reader_->is_same_file()) {
    reader_.reset();
  }
  if (!reader_) {
    auto opened = zonestore::PublishedReader::open(store_dir_);
    if (!opened) {
      return tl::unexpected(opened.error());
    }
    reader_.emplace(std::move(*opened));
  }
  return &*reader_;
}

// The numbers alone do not say that it is the same: a store that was put back from a copy gives them anew.
JournalSource::Found JournalSource::find_known(const WantedSpan& wanted) {
  std::erase_if(known_, [](const Known& known) { return known.difference.expired(); });
  for (const Known& known : known_) {
    if (known.apex != wanted.zone->apex || known.from != wanted.from || known.to != wanted.zone->serial) {
      continue;
    }
    DifferencePointer difference = known.difference.lock();
    if (difference && leads_to(*difference, *wanted.zone)) {
      return {std::move(difference), known.bytes};
    }
  }
  return {};
}

std::size_t JournalSource::live_bytes() const {
  std::size_t bytes = *being_made_;
  for (const Known& known : known_) {
    bytes += known.difference.expired() ? 0 : known.bytes;
  }
  return bytes;
}

void JournalSource::keep(const WantedSpan& wanted, const DifferencePointer& difference, std::size_t bytes) {
  known_.push_back({wanted.zone->apex, wanted.from, wanted.zone->serial, difference, bytes});
  if (bytes <= kSmallDifferenceBytes) {
    newest_ = difference;
  }
}

JournalSource::Work::Work(JournalSource& source, const WantedSpan& wanted)
    : source_(source), being_made_(source.being_made_), wanted_(wanted) {
  span_.apex = wanted.zone->apex;
  span_.from = zonestore::Serial{wanted.from};
  span_.to = zonestore::Serial{wanted.zone->serial};
}

JournalSource::Work::~Work() {
  count(0);
}

void JournalSource::Work::count(std::size_t bytes) {
  *being_made_ = *being_made_ - counted_ + bytes;
  counted_ = bytes;
}

JournalSource::Work::Step JournalSource::Work::whole(WholeZoneWhy why) {
  why_ = why;
  builder_.reset();
  count(0);
  return Step::kWhole;
}

JournalSource::Work::Step JournalSource::Work::step(Clock::time_point now) {
  if (!builder_) {
    if (Found known = source_.find_known(wanted_); known.difference) {
      difference_ = std::move(known.difference);
      bytes_ = known.bytes;
      return Step::kDone;
    }
    builder_.emplace(wanted_.zone->apex);
  }
  if (source_.is_store_taken_ && source_.is_store_taken_()) {
    return busy(now);
  }
  error_.reset();
  const Step next = is_found_ ? read() : find();
  if (error_) {
    return after_error(*error_, now);
  }
  busy_since_.reset();
  pause_ = milliseconds{0};
  return next;
}

// 1, 2, ... 50 ms, for 5 s: a NOTIFY in a burst of commits is answered just when the next writer is at work.
JournalSource::Work::Step JournalSource::Work::busy(Clock::time_point now) {
  busy_since_ = busy_since_.value_or(now);
  pause_ = std::clamp(2 * pause_, milliseconds{1}, kLongestBusyPause);
  return now - *busy_since_ > kMostPatience ? whole(WholeZoneWhy::kBusy) : Step::kPause;
}

JournalSource::Work::Step JournalSource::Work::after_error(const zonestore::Error& error, Clock::time_point now) {
  if (error.code == zonestore::ErrorCode::kBusy) {
    return busy(now);
  }
  source_.reader_.reset();  // opened anew by the next one
  return whole(WholeZoneWhy::kDamaged);
}

JournalSource::Work::Step JournalSource::Work::find() {
  const auto step = source_.reader().and_then(
      [&](zonestore::PublishedReader* reader) { return reader->find_span(span_, kRowsOfSlice); });
  if (!step) {
    error_ = step.error();
    return Step::kWhole;
  }
  if (*step == SpanStep::kNoHistory) {
    return whole(WholeZoneWhy::kNoHistory);
  }
  if (span_.rows > std::max(kRowsOfSmallSpan, span_.record_set_count / kPartOfZone)) {
    return whole(WholeZoneWhy::kTooLarge);
  }
  is_found_ = *step == SpanStep::kEnd;
  return Step::kMore;
}

JournalSource::Work::Step JournalSource::Work::read() {
  Result<void> added;
  const auto step = source_.reader().and_then([&](zonestore::PublishedReader* reader) {
    return reader->read_span(span_, kRowsOfSlice,
                             [&](zonestore::ChangeId /*change*/, zonestore::JournalOperation operation,
                                 const zonestore::StoredRecordSet& row) {
                               if (added) {
                                 added = builder_->add(operation, row);
                               }
                             });
  });
  if (!step) {
    error_ = step.error();
    return Step::kWhole;
  }
  if (*step == SpanStep::kNoHistory) {
    return whole(WholeZoneWhy::kNoHistory);
  }
  if (!added) {
    return whole(WholeZoneWhy::kDamaged);
  }
  count(builder_->bytes());
  if (builder_->bytes() > source_.most_bytes_ || source_.live_bytes() > 2 * source_.most_bytes_) {
    return whole(WholeZoneWhy::kTooLarge);
  }
  if (*step == SpanStep::kMore) {
    return Step::kMore;
  }
  auto finished = builder_->finish();
  if (!finished || !leads_to(*finished, *wanted_.zone)) {
    return whole(WholeZoneWhy::kDamaged);
  }
  difference_ = std::make_shared<const zonestore::ZoneDifference>(std::move(*finished));
  bytes_ = builder_->bytes();
  source_.keep(wanted_, difference_, bytes_);
  builder_.reset();
  count(0);
  return Step::kDone;
}

}  // namespace dnsd::transfer
