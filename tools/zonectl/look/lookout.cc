#include "tools/zonectl/look/lookout.h"

#include <utility>

namespace zonectl::look {

using zonestore::Bytes;

namespace {

constexpr std::chrono::seconds kToTakeATask{2};
constexpr const char* kImpossible = "it said what no look can have seen, and was ended";

}  // namespace

Lookout::Lookout(const Means& means) : Lookout(means, [&means](int pipe) { look_for_parent(pipe, means); }) {}

Lookout::Lookout(const Means& means, const std::function<void(int pipe)>& body)
    : named_servers_(probe::texts_of(means.servers)), child_(body) {}

std::uint32_t Lookout::ask(Task task) {
  const std::uint32_t number = ++last_;
  const Bytes bytes = write_task(task);
  open_.emplace(number, Open{std::move(task)});
  child_.send(number, bytes, std::chrono::steady_clock::now() + kToTakeATask);
  return number;
}

std::optional<Bytes> Lookout::take(std::uint32_t number, SteadyTime until) {
  Open& wanted = open_.at(number);
  while (!wanted.answer) {
    std::optional<Frame> frame = child_.receive(until);
    if (!frame) {
      wanted.given_up = true;
      return std::nullopt;
    }
    const auto found = open_.find(frame->number);
    if (found == open_.end() || found->second.answer) {
      child_.end(kImpossible);  // nobody asked, or it was answered
      return std::nullopt;
    }
    if (found->second.given_up) {
      open_.erase(found);
    } else {
      found->second.answer = std::move(frame->payload);
    }
  }
  return std::move(wanted.answer);
}

std::optional<SeenInstitution> Lookout::take_institution(std::uint32_t number, SteadyTime until) {
  const std::optional<Bytes> answer = take(number, until);
  if (!answer) {
    return std::nullopt;
  }
  auto seen = read_seen_institution(*answer, open_.at(number).task, named_servers_);
  open_.erase(number);
  if (!seen) {
    child_.end(kImpossible);
  }
  return seen;
}

std::optional<bool> Lookout::take_resolver(std::uint32_t number, SteadyTime until) {
  const std::optional<Bytes> answer = take(number, until);
  if (!answer) {
    return std::nullopt;
  }
  auto seen = read_resolver_answers(*answer);
  open_.erase(number);
  if (!seen) {
    child_.end(kImpossible);
  }
  return seen;
}

std::optional<std::vector<zonestore::ServerEvidence>> Lookout::take_zone(std::uint32_t number, SteadyTime until) {
  const std::optional<Bytes> answer = take(number, until);
  if (!answer) {
    return std::nullopt;
  }
  auto seen = read_seen_zone(*answer, open_.at(number).task, named_servers_);
  open_.erase(number);
  if (!seen) {
    child_.end(kImpossible);
  }
  return seen;
}

}  // namespace zonectl::look
