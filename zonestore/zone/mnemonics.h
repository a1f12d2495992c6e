// Mnemonics of numbers in record data, and times as RRSIG has them. Inside zone/ only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zonestore {

struct Mnemonic {
  std::uint16_t number;
  std::string_view text;
};

// RFC 4034 appendix A.1 and the registry: where one number has two, the first is written by most.
inline constexpr std::array kAlgorithms{
    Mnemonic{1, "RSAMD5"},
    Mnemonic{2, "DH"},
    Mnemonic{3, "DSA"},
    Mnemonic{5, "RSASHA1"},
    Mnemonic{6, "NSEC3DSA"},
    Mnemonic{6, "DSANSEC3SHA1"},
    Mnemonic{7, "NSEC3RSASHA1"},
    Mnemonic{7, "RSASHA1NSEC3SHA1"},
    Mnemonic{8, "RSASHA256"},
    Mnemonic{10, "RSASHA512"},
    Mnemonic{12, "ECCGOST"},
    Mnemonic{13, "ECDSAP256SHA256"},
    Mnemonic{14, "ECDSAP384SHA384"},
    Mnemonic{15, "ED25519"},
    Mnemonic{16, "ED448"},
    Mnemonic{252, "INDIRECT"},
    Mnemonic{253, "PRIVATEDNS"},
    Mnemonic{254, "PRIVATEOID"},
};

// RFC 4398 section 2.1.
inline constexpr std::array kCertificates{
    Mnemonic{1, "PKIX"}, Mnemonic{2, "SPKI"},   Mnemonic{3, "PGP"},     Mnemonic{4, "IPKIX"}, Mnemonic{5, "ISPKI"},
    Mnemonic{6, "IPGP"}, Mnemonic{7, "ACPKIX"}, Mnemonic{8, "IACPKIX"}, Mnemonic{253, "URI"}, Mnemonic{254, "OID"},
};

// In digits up to `most`, or a mnemonic in any case.
[[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view text, std::span<const Mnemonic> mnemonics,
                                                     std::uint32_t most);

// YYYYMMDDHHmmSS in UTC, or seconds since 1970 in at most ten digits, both modulo 2^32 (RFC 4034 section 3.2).
[[nodiscard]] std::optional<std::uint32_t> seconds_of_date(std::string_view text);
[[nodiscard]] std::string date_of_seconds(std::uint32_t seconds);

}  // namespace zonestore
