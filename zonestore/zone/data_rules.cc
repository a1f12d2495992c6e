#include "zonestore/zone/data_rules.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "zonestore/base/letters.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/regular_expression.h"
#include "zonestore/zone/service_parameters.h"

namespace zonestore {
namespace {

struct DigestSize {
  std::uint8_t kind;
  std::size_t bytes;
};
constexpr std::array kDsDigests{DigestSize{1, 20}, DigestSize{2, 32}, DigestSize{3, 32}, DigestSize{4, 48}};
constexpr std::array kFingerprints{DigestSize{1, 20}, DigestSize{2, 32}};       // RFC 4255, 6594
constexpr std::array kCertificateHashes{DigestSize{1, 32}, DigestSize{2, 64}};  // RFC 6698 section 2.1.3
constexpr std::array kZoneDigests{DigestSize{1, 48}, DigestSize{2, 64}};        // RFC 8976 section 5.3
constexpr std::size_t kLeastZoneDigest = 12;                                    // RFC 8976 section 2.2.4

std::optional<DataFault> as_fault(std::string message) {
  return DataFault{std::move(message), false};
}

std::optional<DataFault> as_doubt(std::string message) {
  return DataFault{std::move(message), true};
}

// A kind that is not known may have any size.
std::optional<DataFault> digest_fault(std::span<const DigestSize> sizes, ByteView rdata, std::size_t kind_at) {
  const std::uint8_t kind = rdata[kind_at];
  const std::size_t bytes = rdata.size() - kind_at - 1;
  for (const DigestSize& each : sizes) {
    if (each.kind == kind && each.bytes != bytes) {
      return as_fault("a digest of type " + std::to_string(kind) + " has " + std::to_string(each.bytes) +
                      " bytes, and this " + std::to_string(bytes));
    }
  }
  return std::nullopt;
}

constexpr std::size_t kDsKindAt = 3;

std::optional<DataFault> ds_fault(ByteView rdata) {
  return rdata[kDsKindAt] == 0 ? as_fault("the digest type 0 is of no digest")
                               : digest_fault(kDsDigests, rdata, kDsKindAt);
}

// Algorithm 0 asks the parent to take the delegation's DS away, and then all is 0 (RFC 8078 section 4).
std::optional<DataFault> cds_fault(ByteView rdata) {
  constexpr std::array<std::uint8_t, 5> kDelete{};
  if (auto wrong = digest_fault(kDsDigests, rdata, kDsKindAt)) {
    return wrong;
  }
  if (rdata[2] != 0) {
    return rdata[kDsKindAt] == 0 ? as_doubt("the digest type 0 is of no digest") : std::nullopt;
  }
  return std::equal(rdata.begin(), rdata.end(), kDelete.begin(), kDelete.end())
             ? std::nullopt
             : as_doubt("algorithm 0 takes the DS away: it is written 0 0 0 00");
}

// It matches nothing (RFC 6698 section 2.1.3), and is loaded and served by all.
std::optional<DataFault> certificate_fault(ByteView rdata) {
  auto wrong = digest_fault(kCertificateHashes, rdata, 2);
  return wrong ? as_doubt(std::move(wrong->message)) : std::nullopt;
}

std::optional<DataFault> zonemd_fault(ByteView rdata) {
  constexpr std::size_t kKindAt = 5;
  if (rdata.size() < kKindAt + 1 + kLeastZoneDigest) {
    return as_fault("a digest over a zone has 12 bytes or more");
  }
  if (auto wrong = digest_fault(kZoneDigests, rdata, kKindAt)) {
    return wrong;
  }
  return rdata[kKindAt - 1] == 0 || rdata[kKindAt] == 0
             ? as_doubt("the scheme and the hash algorithm 0 are of no digest")
             : std::nullopt;
}

std::optional<DataFault> service_fault(ByteView rdata) {
  constexpr std::size_t kPriorityBytes = 2;
  std::size_t at = kPriorityBytes;
  for (; rdata[at] != 0; at += rdata[at] + 1U) {
  }
  const auto wrong = parameter_fault(rdata.subspan(at + 1));
  if (!wrong) {
    return std::nullopt;
  }
  switch (*wrong) {
    case ParameterFault::kForm:
      return as_fault("a parameter's value is not of its key's form");
    case ParameterFault::kOrder:
      return as_fault("a key stands there twice, or not in the order of the numbers");
    case ParameterFault::kMandatoryList:
      return as_fault("mandatory names keys that are there, each once and not itself");
    case ParameterFault::kNoDefaultAlone:
      return as_fault("no-default-alpn needs an alpn beside it");
  }
  return std::nullopt;
}

constexpr std::size_t kNoGroup = 10;  // a reference to the whole, which there is none of
constexpr auto kNaptr = static_cast<RecordType>(35);

// delimiter, expression, delimiter, replacement, delimiter, flags (RFC 3402 section 3.2); the delimiter is no digit,
// no backslash and no flag, the expression is one, and a replacement refers to a group that it has.
bool is_substitution(ByteView text) {
  constexpr std::size_t kParts = 3;
  const std::uint8_t delimiter = text[0];
  if (is_digit(static_cast<char>(delimiter)) || delimiter == '\\' || delimiter == 'i') {
    return false;
  }
  std::array<std::string, kParts> parts;
  std::size_t part = 0;
  std::size_t reference = 0;  // the highest
  for (std::size_t at = 1; at < text.size(); ++at) {
    const bool is_escape = text[at] == '\\' && part < kParts - 1;
    if (text[at] == delimiter && ++part == kParts) {
      return false;
    }
    if (text[at] != delimiter) {
      parts[part] += static_cast<char>(text[at]);
    }
    if (is_escape && ++at == text.size()) {
      return false;
    }
    if (is_escape) {
      parts[part] += static_cast<char>(text[at]);
    }
    if (is_escape && part == 1 && is_digit(static_cast<char>(text[at]))) {
      reference = std::max<std::size_t>(reference, text[at] == '0' ? kNoGroup : text[at] - std::size_t{'0'});
    }
  }
  const std::optional<std::size_t> groups = groups_of_expression(parts[0]);
  return part == kParts - 1 && groups && reference <= *groups &&
         parts[2].find_first_not_of('i') == std::string::npos && std::find(text.begin(), text.end(), 0) == text.end();
}

std::optional<DataFault> naptr_fault(ByteView rdata) {
  std::size_t at = 4;  // behind order and preference
  at += rdata[at] + 1U;
  at += rdata[at] + 1U;
  const ByteView expression = rdata.subspan(at + 1, rdata[at]);
  return expression.empty() || is_substitution(expression)
             ? std::nullopt
             : as_fault(
                   "its expression is written as !expression!replacement!, an extended regular expression and what "
                   "takes its place, with references to groups that it has (RFC 3402 section 3.2)");
}

}  // namespace

std::optional<DataFault> data_fault(RecordType type, ByteView rdata) {
  switch (type) {
    case RecordType::kDs:
    case RecordType::kTa:
    case RecordType::kDlv:
      return ds_fault(rdata);
    case RecordType::kCds:
      return cds_fault(rdata);
    case RecordType::kSshfp:
      return digest_fault(kFingerprints, rdata, 1);
    case RecordType::kTlsa:
    case RecordType::kSmimea:
      return certificate_fault(rdata);
    case RecordType::kZonemd:
      return zonemd_fault(rdata);
    case RecordType::kSvcb:
    case RecordType::kHttps:
      return service_fault(rdata);
    default:
      return type == kNaptr ? naptr_fault(rdata) : std::nullopt;
  }
}

}  // namespace zonestore
