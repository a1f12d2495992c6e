#include "dnsd/wire/tsig.h"

#include <algorithm>
#include <array>

#include "dnsd/wire/name.h"
#include "dnsd/wire/reader.h"
#include "dnsd/wire/record.h"

namespace dnsd::wire {
namespace {

constexpr std::uint16_t kErrorBadKey = 17;
constexpr std::size_t kTimeAndFudgeBytes = 8;
constexpr std::size_t kTailBytes = 8;  // length of the MAC, original ID, error, length of other data
constexpr std::size_t kMostBytes = 2 * zonestore::kMaxNameBytes + kRecordHeadBytes + kTimeAndFudgeBytes + kTailBytes;

// Fills a record from front to back.
class Filler {
 public:
  void bytes(ByteView more) {
    std::copy(more.begin(), more.end(), record_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += more.size();
  }
  void u16(std::size_t value) {
    store_u16(record_.data() + size_, static_cast<std::uint16_t>(value));
    size_ += 2;
  }
  [[nodiscard]] ByteView view() const { return {record_.data(), size_}; }

 private:
  std::array<std::uint8_t, kMostBytes> record_;
  std::size_t size_ = 0;
};

}  // namespace

std::optional<Tsig> parse_tsig(std::size_t owner_at, std::uint16_t record_class, ByteView rdata) {
  const std::size_t algorithm_bytes = uncompressed_name_size(rdata);
  Reader reader(rdata);
  Tsig tsig;
  tsig.owner_at = owner_at;
  tsig.algorithm = reader.take(algorithm_bytes);
  tsig.time_and_fudge = reader.take(kTimeAndFudgeBytes);
  reader.take(reader.u16());  // the MAC
  tsig.original_id = reader.u16();
  reader.u16();               // the error
  reader.take(reader.u16());  // other data
  if (algorithm_bytes == 0 || record_class != kClassAny || !reader.ok() || !reader.at_end()) {
    return std::nullopt;
  }
  return tsig;
}

std::size_t append_unknown_key(MutableBytes answer, std::size_t size, std::size_t limit, ByteView query,
                               const Tsig& tsig) {
  LoweredName key;
  if (!expand_name(query, tsig.owner_at, key)) {
    return size;
  }
  Filler record;
  record.bytes(key.view());
  record.u16(static_cast<std::uint16_t>(kTypeTsig));
  record.u16(kClassAny);
  record.u16(0);  // the TTL, both halves
  record.u16(0);
  record.u16(tsig.algorithm.size() + kTimeAndFudgeBytes + kTailBytes);
  record.bytes(tsig.algorithm);
  record.bytes(tsig.time_and_fudge);
  record.u16(0);  // no MAC: there is no key to make one with
  record.u16(tsig.original_id);
  record.u16(kErrorBadKey);
  record.u16(0);
  const ByteView made = record.view();
  if (made.size() > std::min(limit, answer.size()) - size) {
    store_u16(answer.data() + 2, static_cast<std::uint16_t>(load_u16(answer.data() + 2) | kFlagTruncated));
    return size;
  }
  std::copy(made.begin(), made.end(), answer.begin() + static_cast<std::ptrdiff_t>(size));
  constexpr std::size_t kAdditionalCountAt = 10;
  store_u16(answer.data() + kAdditionalCountAt,
            static_cast<std::uint16_t>(load_u16(answer.data() + kAdditionalCountAt) + 1));
  return size + made.size();
}

}  // namespace dnsd::wire
