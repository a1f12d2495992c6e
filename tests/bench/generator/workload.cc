#include "tests/bench/generator/workload.h"

#include <array>
#include <cstring>

namespace bench {
namespace {

constexpr std::uint8_t kNxdomain = 3;
constexpr std::uint16_t kTxt = 16;
constexpr std::uint16_t kAaaa = 28;
constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kRandomLetters = 12;
// One question, one additional record; RD clear.
constexpr std::array<std::uint8_t, kHeaderBytes> kHeader{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
// RFC 6891 section 6.1.2: the root, type 41, 1232 bytes, no flags, no options.
constexpr std::array<std::uint8_t, 11> kOpt{0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};

std::uint8_t* put(std::uint8_t* at, std::span<const std::uint8_t> bytes) {
  std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

// Behind the name: type, class IN, OPT.
std::size_t finish(std::span<std::uint8_t> room, std::uint8_t* at, std::uint16_t type) {
  const std::array<std::uint8_t, 4> rest{static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type), 0, 1};
  at = put(put(at, rest), kOpt);
  return static_cast<std::size_t>(at - room.data());
}

}  // namespace

std::optional<Load> parse_load(std::string_view text) {
  if (text == "hits") {
    return Load::kHits;
  }
  if (text == "mix") {
    return Load::kMix;
  }
  return text == "flood" ? std::optional(Load::kFlood) : std::nullopt;
}

Workload::Workload(const QuestionList& list, Load load, std::uint64_t seed)
    : state_((seed * 0x9e3779b97f4a7c15U) | 1U),
      load_(load),
      parent_(list.parent()),
      keys_(list, QuestionWalk::Part::kKeys, random()) {
  if (load == Load::kMix) {
    spf_.emplace(list, QuestionWalk::Part::kSpf, 0);
    apex_.emplace(list, QuestionWalk::Part::kApex, 0);
  }
}

// xorshift64*: a few instructions, and good enough in its upper half.
std::uint64_t Workload::random() {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  return state_ * 0x2545f4914f6cdd1dU;
}

std::size_t Workload::next(std::span<std::uint8_t> room, Expectation& expected) {
  if (load_ == Load::kHits) {
    return ask(room, keys_.next(), expected);
  }
  const std::uint64_t percent = load_ == Load::kFlood ? 80 : (random() >> 32) % 100;
  if (percent < 80) {
    return ask(room, keys_.next(), expected);
  }
  if (percent < 88) {
    return ask_absent(room, expected);
  }
  if (percent < 93) {
    return ask(room, spf_->next(), expected);
  }
  return percent < 97 ? ask_other_type(room, expected) : ask(room, apex_->next(), expected);
}

std::size_t Workload::ask(std::span<std::uint8_t> room, const Question& question, Expectation& expected) {
  expected = {0, question.answers, question.ttl, question.rdata_hash};
  return finish(room, put(put(room.data(), kHeader), question.name), question.type);
}

std::size_t Workload::ask_absent(std::span<std::uint8_t> room, Expectation& expected) {
  expected = {kNxdomain, 0, 0, 0};
  std::array<std::uint8_t, 1 + kRandomLetters> label{kRandomLetters};
  std::uint64_t digits = random() >> 1;  // 36^12 is 2^62.04
  for (std::size_t i = 1; i < label.size(); ++i, digits /= 36) {
    label[i] = static_cast<std::uint8_t>("abcdefghijklmnopqrstuvwxyz0123456789"[digits % 36]);
  }
  return finish(room, put(put(put(room.data(), kHeader), label), parent_), kTxt);
}

std::size_t Workload::ask_other_type(std::span<std::uint8_t> room, Expectation& expected) {
  expected = {0, 0, 0, 0};
  return finish(room, put(put(room.data(), kHeader), keys_.next().name), kAaaa);
}

}  // namespace bench
