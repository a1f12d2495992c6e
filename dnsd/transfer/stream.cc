#include "dnsd/transfer/stream.h"

#include <utility>

#include "dnsd/transfer/axfr_source.h"
#include "dnsd/transfer/difference_source.h"

namespace dnsd::transfer {

Stream::Stream(Request request, JournalSource& journal) : request_(std::move(request)), journal_(journal) {}

void Stream::renew(std::shared_ptr<const zone::Image> image, const zone::Zone& zone) noexcept {
  work_.reset();
  filler_.reset();
  chain_.reset();
  source_.reset();
  request_.image = std::move(image);
  request_.zone = &zone;
}

// Why it is the whole zone stays, once it is known.
Stream::Prepared Stream::prepare(JournalSource::Clock::time_point now) {
  using Step = JournalSource::Work::Step;
  if (filler_) {
    return Prepared::kReady;
  }
  if (!why_ && request_.from && !request_.peer.ixfr) {
    why_ = WholeZoneWhy::kPeer;
  }
  if (is_whole()) {
    begin_whole();
    return Prepared::kReady;
  }
  if (!work_) {
    work_.emplace(journal_, WantedSpan{request_.zone, *request_.from});
  }
  switch (work_->step(now)) {
    case Step::kMore:
      return Prepared::kMore;
    case Step::kPause:
      return Prepared::kPause;
    case Step::kDone:
      difference_bytes_ = work_->bytes();
      begin(std::make_unique<DifferenceSource>(work_->difference()));
      break;
    case Step::kWhole:
      why_ = work_->why();
      begin_whole();
      break;
  }
  work_.reset();
  return Prepared::kReady;
}

void Stream::begin_whole() {
  begin(std::make_unique<AxfrSource>(request_.image, *request_.zone));
}

void Stream::begin(std::unique_ptr<RecordSource> source) {
  source_ = std::move(source);
  MessageFiller::Form form = request_.form;
  if (request_.key != nullptr) {
    chain_.emplace(*request_.key, request_.mac, request_.original_id);
    form.kept_free_bytes = chain_->record_bytes();
  }
  filler_.emplace(*source_, std::move(form));
}

std::size_t Stream::next(wire::MutableBytes out, std::uint64_t unix_seconds) {
  std::size_t size = filler_->next(out);
  if (size > 0 && chain_) {
    size = chain_->sign(out, size, unix_seconds);
  }
  bytes_ += size;
  return size;
}

}  // namespace dnsd::transfer
