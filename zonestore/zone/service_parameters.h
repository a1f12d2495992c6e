// The keys of SVCB and HTTPS parameters, and what a client refuses in them (RFC 9460 sections 2.2, 7 and 8). Inside
// zone/ only.
#pragma once

#include <cstdint>
#include <optional>

#include "zonestore/base/bytes.h"

namespace zonestore {

inline constexpr std::uint16_t kMandatory = 0;
inline constexpr std::uint16_t kAlpn = 1;
inline constexpr std::uint16_t kNoDefaultAlpn = 2;
inline constexpr std::uint16_t kPort = 3;
inline constexpr std::uint16_t kIpv4Hint = 4;
inline constexpr std::uint16_t kEch = 5;
inline constexpr std::uint16_t kIpv6Hint = 6;
inline constexpr std::uint16_t kDohPath = 7;  // RFC 9461

enum class ParameterFault : std::uint8_t {
  kForm,            // it cannot be written: lengths, or a value that is not of its key's form
  kOrder,           // not in the order of the keys, or one twice
  kMandatoryList,   // a mandatory key that is not there, or the list itself in it, unsorted or with one twice
  kNoDefaultAlone,  // no-default-alpn without alpn
};

// Of what follows the target's name. nullopt: none.
[[nodiscard]] std::optional<ParameterFault> parameter_fault(ByteView parameters);

}  // namespace zonestore
