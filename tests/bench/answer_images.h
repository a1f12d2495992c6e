// Images made in memory as a store of so many institutions would give them, and queries to them in random order.
//
// Two selectors an institution, TXT of 410 bytes (RSA 2048) of random characters; the SPF zone beside it. Codes have
// 8 characters. The same size gives the same image and the same queries. Threads: one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/zone/image.h"
#include "zonestore/base/bytes.h"
#include "zonestore/zone/record_set.h"

namespace bench {

inline constexpr std::string_view kDkimZone = "dkim.secutix.com";
inline constexpr std::string_view kSpfZone = "spf.secutix.com";

// Makes it when another size was asked for last, which takes seconds for a million. Throws std::runtime_error if it
// cannot be made.
[[nodiscard]] const std::shared_ptr<const dnsd::zone::Image>& image_of(std::size_t institutions);

// "sel1-a1b2c3d4._domainkey.dkim.secutix.com", one of two selectors an institution, below 2 * institutions.
[[nodiscard]] std::string selector_name(std::size_t number);

// A query with an OPT record of 1232 bytes (RFC 6891).
[[nodiscard]] zonestore::Bytes query_for(std::string_view name, zonestore::RecordType type);

enum class Names : std::uint8_t { kOfTheImage, kUnknown };

// The numbers of random selectors: of the image's, or of none. As many as make what they touch larger than any cache,
// but few for a small image.
[[nodiscard]] std::vector<std::size_t> random_selectors(std::size_t institutions, Names names);

// Messages one after the other in memory, so that the processor fetches the next one as it does from a batch.
class Ring {
 public:
  void add(zonestore::ByteView message);
  [[nodiscard]] zonestore::ByteView next() {
    const zonestore::ByteView message(bytes_.data() + begins_[at_], begins_[at_ + 1] - begins_[at_]);
    at_ = at_ + 2 == begins_.size() ? 0 : at_ + 1;
    return message;
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> begins_{0};  // of each message, and the end of the last
  std::size_t at_ = 0;
};

// Queries for random selectors. Those for names of the image ask for `type`.
[[nodiscard]] Ring random_queries(std::size_t institutions, Names names, zonestore::RecordType type);

}  // namespace bench
