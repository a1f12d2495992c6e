#include "dnsd/transfer/stream.h"

#include <utility>

#include "dnsd/transfer/axfr_source.h"

namespace dnsd::transfer {

Stream::Stream(Request request) : request_(std::move(request)) {}

void Stream::begin() {
  source_ = std::make_unique<AxfrSource>(request_.image, *request_.zone);
  MessageFiller::Form form = request_.form;
  if (request_.key != nullptr) {
    chain_.emplace(*request_.key, request_.mac, request_.original_id);
    form.kept_free_bytes = chain_->record_bytes();
  }
  filler_.emplace(*source_, std::move(form));
}

std::size_t Stream::next(wire::MutableBytes out, std::uint64_t unix_seconds) {
  if (!filler_) {
    begin();
  }
  std::size_t size = filler_->next(out);
  if (size > 0 && chain_) {
    size = chain_->sign(out, size, unix_seconds);
  }
  bytes_ += size;
  return size;
}

}  // namespace dnsd::transfer
