#include "tools/zonectl/probe/spf/look_up.h"

namespace zonectl::probe {

namespace {

constexpr std::size_t kMostQuestions = 600;
constexpr std::size_t kMostBytes = 32'000'000;

}  // namespace

const Found& LookUps::ask(const zonestore::Name& name, zonestore::RecordType type) {
  static const Found nothing_more{true, {}, 0};
  const auto known = found_.find({name, type});
  if (known != found_.end()) {
    return known->second;
  }
  if (found_.size() >= kMostQuestions) {
    return nothing_more;
  }
  return found_.emplace(std::pair(name, type), look_up_(name, type)).first->second;
}

bool LookUps::may_read(std::size_t bytes) {
  read_bytes_ += bytes;
  return read_bytes_ <= kMostBytes;
}

}  // namespace zonectl::probe
