#include "tests/bench/generator/question_list.h"

#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bench {
namespace {

constexpr std::size_t kFixedBytes = 1 + 2 + 2 + 4 + 8;

template <class T>
T read_as(const std::uint8_t* at) {
  T value{};
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Behind so many questions that begin at `at`; 0 if they reach beyond the end.
std::size_t skip(const std::uint8_t* data, std::size_t bytes, std::size_t at, std::uint64_t questions) {
  for (std::uint64_t i = 0; i < questions; ++i) {
    if (at >= bytes || bytes - at < kFixedBytes + data[at]) {
      return 0;
    }
    at += kFixedBytes + data[at];
  }
  return at;
}

}  // namespace

QuestionList::QuestionList(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (opened < 0 || ::fstat(opened, &status) != 0) {
    throw std::runtime_error("cannot open " + file.string());
  }
  bytes_ = static_cast<std::size_t>(status.st_size);
  void* const mapped = ::mmap(nullptr, bytes_ + 1, PROT_READ, MAP_SHARED, opened, 0);
  ::close(opened);
  if (mapped == MAP_FAILED) {
    throw std::runtime_error("cannot map " + file.string());
  }
  data_ = static_cast<const std::uint8_t*>(mapped);
  const bool has_head = bytes_ >= sizeof(QuestionListHead) && head().magic == kQuestionMagic;
  apex_at_ = has_head ? skip(data_, bytes_, sizeof(QuestionListHead), head().spf) : 0;
  keys_at_ = apex_at_ != 0 ? skip(data_, bytes_, apex_at_, head().apex) : 0;
  if (keys_at_ == 0 || head().keys == 0 || skip(data_, bytes_, keys_at_, head().keys) != bytes_) {
    ::munmap(mapped, bytes_ + 1);
    throw std::runtime_error(file.string() + " is no whole list of questions with keys in it");
  }
}

QuestionList::~QuestionList() {
  ::munmap(const_cast<std::uint8_t*>(data_), bytes_ + 1);
}

QuestionWalk::QuestionWalk(const QuestionList& list, Part part, std::uint64_t first)
    : begin_(list.data_ + (part == Part::kSpf    ? sizeof(QuestionListHead)
                           : part == Part::kApex ? list.apex_at_
                                                 : list.keys_at_)),
      end_(list.data_ + (part == Part::kSpf    ? list.apex_at_
                         : part == Part::kApex ? list.keys_at_
                                               : list.bytes_)),
      at_(begin_) {
  const QuestionListHead& head = list.head();
  const std::uint64_t count = part == Part::kSpf ? head.spf : part == Part::kApex ? head.apex : head.keys;
  if (count == 0) {
    throw std::runtime_error("the list has no question of a kind that the load asks");
  }
  for (std::uint64_t left = first % count; left > 0; --left) {
    next();
  }
}

Question QuestionWalk::next() {
  if (at_ == end_) {
    at_ = begin_;
  }
  const std::size_t name_bytes = *at_;
  const std::uint8_t* const name = at_ + 1;
  const std::uint8_t* const rest = name + name_bytes;
  at_ = rest + kFixedBytes - 1;
  return {{name, name_bytes},
          read_as<std::uint16_t>(rest),
          read_as<std::uint16_t>(rest + 2),
          read_as<std::uint32_t>(rest + 4),
          read_as<std::uint64_t>(rest + 8)};
}

}  // namespace bench
