#include "dnsd/wire/opt_writer.h"

#include <cstring>

namespace dnsd::wire {
namespace {

constexpr std::size_t kOptionHeaderBytes = 4;  // code and length
constexpr std::size_t kKeepaliveBytes = 2;
constexpr std::size_t kInfoCodeBytes = 2;
constexpr std::size_t kZoneVersionBytes = 6;
constexpr std::size_t kExpireBytes = 4;
constexpr std::uint8_t kSoaSerialType = 0;  // RFC 9660: SOA-SERIAL

class OptionWriter {
 public:
  explicit OptionWriter(MutableBytes room) : room_(room) {}

  [[nodiscard]] std::size_t size() const { return size_; }

  void add(OptionCode code, ByteView data) {
    const std::size_t needed = kOptionHeaderBytes + data.size();
    if (needed > room_.size() - size_) {
      return;
    }
    std::uint8_t* const here = room_.data() + size_;
    store_u16(here, static_cast<std::uint16_t>(code));
    store_u16(here + 2, static_cast<std::uint16_t>(data.size()));
    std::memcpy(here + kOptionHeaderBytes, data.data(), data.size());
    size_ += needed;
  }

 private:
  MutableBytes room_;
  std::size_t size_ = 0;
};

void add_keepalive(OptionWriter& options, std::uint16_t timeout) {
  std::array<std::uint8_t, kKeepaliveBytes> data{};
  store_u16(data.data(), timeout);
  options.add(OptionCode::kKeepalive, data);
}

void add_extended_error(OptionWriter& options, ExtendedError error) {
  std::array<std::uint8_t, kInfoCodeBytes> data{};
  store_u16(data.data(), static_cast<std::uint16_t>(error));
  options.add(OptionCode::kExtendedError, data);
}

void add_zone_version(OptionWriter& options, const ZoneVersion& version) {
  std::array<std::uint8_t, kZoneVersionBytes> data{version.label_count, kSoaSerialType};
  store_u32(data.data() + 2, version.serial);
  options.add(OptionCode::kZoneVersion, data);
}

void add_expire(OptionWriter& options, std::uint32_t seconds) {
  std::array<std::uint8_t, kExpireBytes> data{};
  store_u32(data.data(), seconds);
  options.add(OptionCode::kExpire, data);
}

}  // namespace

std::size_t least_bytes(const AnswerOpt& opt) {
  std::size_t bytes = kOptBytes;
  if (opt.cookie) {
    bytes += kOptionHeaderBytes + opt.cookie->size();
  }
  if (opt.keepalive) {
    bytes += kOptionHeaderBytes + kKeepaliveBytes;
  }
  return bytes;
}

std::size_t write_opt(MutableBytes room, const AnswerOpt& opt, std::uint8_t rcode_high) {
  OptionWriter options(room.subspan(kOptBytes));
  if (opt.cookie) {
    options.add(OptionCode::kCookie, *opt.cookie);
  }
  if (opt.keepalive) {
    add_keepalive(options, *opt.keepalive);
  }
  if (opt.extended_error) {
    add_extended_error(options, *opt.extended_error);
  }
  if (opt.zone_version) {
    add_zone_version(options, *opt.zone_version);
  }
  if (opt.expire) {
    add_expire(options, *opt.expire);
  }
  if (!opt.nsid.empty()) {
    options.add(OptionCode::kNsid, opt.nsid);
  }
  write_opt_head(room.data(), opt, rcode_high, options.size());
  return kOptBytes + options.size();
}

}  // namespace dnsd::wire
