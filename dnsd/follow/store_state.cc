#include "dnsd/follow/store_state.h"

#include <algorithm>
#include <string_view>

namespace dnsd::follow {
namespace {

using std::chrono::milliseconds;
using zonestore::exposition::Exposition;
using zonestore::exposition::Histogram;
using zonestore::exposition::Kind;

constexpr std::array<double, 8> kPublishBounds{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5};
constexpr std::array<std::string_view, kLoadReasons> kReasonNames{"start", "replaced", "journal_gap", "recovered"};

// Those that a store can have when it is read.
using zonestore::ErrorCode;
constexpr std::array kTroubles{ErrorCode::kBusy,       ErrorCode::kMissing,  ErrorCode::kEmpty,
                               ErrorCode::kForeign,    ErrorCode::kFuture,   ErrorCode::kDamaged,
                               ErrorCode::kHotJournal, ErrorCode::kReadOnly, ErrorCode::kFull,
                               ErrorCode::kPermission, ErrorCode::kIo};

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(StoreState::Clock::now().time_since_epoch()).count();
}

StoreState::Clock::time_point moment(std::int64_t ms) {
  return StoreState::Clock::time_point(milliseconds(ms));
}

double unix_seconds(StoreState::Clock::time_point when) {
  constexpr double kSecond = 1000;  // a quotient is the nearest number that there is, a product with 0.001 is not
  return static_cast<double>(std::chrono::duration_cast<milliseconds>(when.time_since_epoch()).count()) / kSecond;
}

}  // namespace

void StoreState::note_published(const zone::Loaded& loaded, std::optional<LoadReason> whole,
                                std::optional<std::chrono::microseconds> took) {
  Served served;
  for (const zonestore::PublishedZone& zone : loaded.head.zones) {
    served.zones.push_back({zone.apex.to_text_no_dot(), zone.record_set_count});
  }
  served.record_data_bytes = loaded.record_data_bytes;
  served.published_at = Clock::now();
  served_.publish(std::move(served));
  if (whole) {
    loads_[static_cast<std::size_t>(*whole)].add();
  } else {
    changes_.add();
  }
  if (!took) {
    return;
  }
  const double seconds = std::chrono::duration<double>(*took).count();
  publishing_[static_cast<std::size_t>(std::ranges::lower_bound(kPublishBounds, seconds) - kPublishBounds.begin())]
      .add();
  publishing_us_.add(static_cast<std::uint64_t>(took->count()));
}

void StoreState::note_checked() {
  checked_ms_.store(now_ms(), std::memory_order_relaxed);
}

// Since the first of them: one kind of trouble often follows another.
void StoreState::note_trouble(zonestore::ErrorCode code) {
  if (trouble_code_.load(std::memory_order_relaxed) == kNoTrouble) {
    trouble_since_ms_.store(now_ms(), std::memory_order_relaxed);
  }
  const bool is_known = std::ranges::find(kTroubles, code) != kTroubles.end();
  trouble_code_.store(static_cast<int>(is_known ? code : ErrorCode::kIo), std::memory_order_release);
}

std::optional<StoreState::Trouble> StoreState::trouble() const {
  const int code = trouble_code_.load(std::memory_order_acquire);
  if (code == kNoTrouble) {
    return std::nullopt;
  }
  return Trouble{static_cast<zonestore::ErrorCode>(code), moment(trouble_since_ms_.load(std::memory_order_relaxed))};
}

StoreState::Clock::time_point StoreState::checked_at() const {
  return moment(checked_ms_.load(std::memory_order_relaxed));
}

void StoreState::expose_trouble(Exposition& out) const {
  const auto trouble = this->trouble();
  out.family("dnsd_store_usable", "1 while the store can be read; else the last good image is served", Kind::kGauge)
      .add(std::uint64_t{trouble ? 0U : 1U});
  auto& reasons =
      out.family("dnsd_store_trouble", "Why the store cannot be used: one of them is 1 then", Kind::kGauge);
  for (const ErrorCode code : kTroubles) {
    reasons.add(std::uint64_t{trouble && trouble->code == code ? 1U : 0U}, {{"reason", std::string(to_text(code))}});
  }
}

void StoreState::expose(Exposition& out) const {
  const auto served = served_.current().value;
  auto& record_sets = out.family("dnsd_zone_record_sets", "Record sets of the zone", Kind::kGauge);
  for (const Served::Zone& zone : served->zones) {
    record_sets.add(zone.record_sets, {{"zone", zone.apex}});
  }
  out.family("dnsd_image_record_data_bytes", "All records served, in uncompressed wire form", Kind::kGauge)
      .add(served->record_data_bytes);
  out.family("dnsd_image_published_timestamp_seconds", "When the image that is served was published", Kind::kGauge)
      .add(unix_seconds(served->published_at));
  auto& loads = out.family("dnsd_image_loads_total", "Times that the whole store was read, and why", Kind::kCounter);
  for (std::size_t reason = 0; reason < kLoadReasons; ++reason) {
    loads.add(loads_[reason].read(), {{"reason", std::string(kReasonNames[reason])}});
  }
  out.family("dnsd_image_changes_total", "Times that the journal alone was read", Kind::kCounter)
      .add(changes_.read());
  std::array<std::uint64_t, kPublishBuckets + 1> counts{};
  std::ranges::transform(publishing_, counts.begin(), [](const metrics::Counter& each) { return each.read(); });
  constexpr double kSecond = 1e6;
  out.family("dnsd_publish_seconds", "From a change's being noticed to its being served", Kind::kHistogram)
      .add(Histogram{kPublishBounds, counts, static_cast<double>(publishing_us_.read()) / kSecond});
  expose_trouble(out);
  out.family("dnsd_store_checked_timestamp_seconds", "The last look at the store that worked", Kind::kGauge)
      .add(unix_seconds(checked_at()));
}

}  // namespace dnsd::follow
