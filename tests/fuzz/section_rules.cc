#include "tests/fuzz/section_rules.h"

#include <algorithm>
#include <iterator>

#include "tests/fuzz/require.h"

namespace dnsd::fuzz {
namespace {

constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeNs = 2;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypeSoa = 6;
constexpr std::uint16_t kTypeAaaa = 28;
constexpr std::uint16_t kTypeDname = 39;
constexpr std::uint16_t kTypeOpt = 41;
constexpr std::uint16_t kTypeTsig = 250;
constexpr std::uint16_t kTypeAny = 255;
constexpr unsigned kNxDomain = 3;
constexpr unsigned kYxDomain = 6;
constexpr std::size_t kMostChanges = 16;  // of the name, that the server makes

using Records = std::vector<WalkedRecord>;

bool same_name(const Bytes& left, const Bytes& right) {
  const auto lower = [](unsigned byte) { return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](unsigned one, unsigned other) { return lower(one) == lower(other); });
}

// Whether `name` is `ancestor` or lies below it: label by label, for the end of a label may look like a name.
bool is_at_or_below(Bytes name, const Bytes& ancestor) {
  while (name.size() > ancestor.size()) {
    name.erase(name.begin(), name.begin() + name.front() + 1);
  }
  return same_name(name, ancestor);
}

Records in_section(const WalkedMessage& message, Section section) {
  Records records;
  std::copy_if(message.records.begin(), message.records.end(), std::back_inserter(records),
               [&](const WalkedRecord& record) {
                 return record.section == section && record.type != kTypeOpt && record.type != kTypeTsig;
               });
  return records;
}

// With the upper bits that the OPT record has (RFC 6891 section 6.1.3).
unsigned rcode_of(const WalkedMessage& message) {
  unsigned rcode = message.flags & 0x000FU;
  for (const WalkedRecord& record : message.records) {
    rcode |= record.type == kTypeOpt ? record.ttl >> 24U << 4U : 0U;
  }
  return rcode;
}

void check_is_one_set(const Records& records) {
  for (const WalkedRecord& record : records) {
    FUZZ_REQUIRE(record.owner == records.front().owner && record.type == records.front().type);
    FUZZ_REQUIRE(record.ttl == records.front().ttl && record.ttl > 0 && record.record_class == 1);
    FUZZ_REQUIRE(std::count_if(records.begin(), records.end(),
                               [&](const WalkedRecord& other) { return other.rdata == record.rdata; }) == 1);
  }
}

// Follows the answer section from the question's name on.
class Chain {
 public:
  Chain(const WalkedQuestion& question, Records records)
      : type_(question.type), name_(question.name), records_(std::move(records)) {}

  // The name at which the chain ends; found(): with records of the type that was asked for.
  const Bytes& follow() {
    while (at_ < records_.size() && take_link()) {
    }
    // The last CNAME leads to a name that is not looked for any more.
    FUZZ_REQUIRE(changes_ <= kMostChanges + 1);
    const Records rest(records_.begin() + static_cast<std::ptrdiff_t>(at_), records_.end());
    found_ = !rest.empty();
    if (found_) {
      check_is_one_set(rest);
      FUZZ_REQUIRE(rest.front().owner == name_ || (changes_ > 0 && same_name(rest.front().owner, name_)));
      FUZZ_REQUIRE(rest.front().type == type_ || type_ == kTypeAny);
    }
    return name_;
  }
  [[nodiscard]] bool may_go_on() const { return changes_ < kMostChanges; }
  [[nodiscard]] bool found() const { return found_; }
  // At a name of which a DNAME would make one that is too long.
  [[nodiscard]] bool ends_in_dname() const {
    const WalkedRecord* dname = dname_above();
    return dname != nullptr && made_by(*dname).size() > 255;
  }

 private:
  bool take_link() {
    const WalkedRecord& record = records_[at_];
    if (record.type == kTypeDname && !same_name(record.owner, name_)) {
      FUZZ_REQUIRE(is_at_or_below(name_, record.owner) && !record.target.empty());
      FUZZ_REQUIRE(dname_above() == nullptr);  // it is given once, however often it is met
      dnames_.push_back(record);
      ++at_;
      return true;
    }
    if (record.type == kTypeCname && type_ != kTypeCname && type_ != kTypeAny) {
      take_cname(record);
      return true;
    }
    return false;
  }

  // RFC 6672 section 3.1: below a DNAME the CNAME is what it makes of the name.
  void take_cname(const WalkedRecord& record) {
    FUZZ_REQUIRE(same_name(record.owner, name_) && record.record_class == 1 && record.ttl > 0);
    FUZZ_REQUIRE(!record.target.empty());
    if (const WalkedRecord* dname = dname_above()) {
      FUZZ_REQUIRE(record.ttl == dname->ttl && same_name(record.target, made_by(*dname)));
    }
    name_ = record.target;
    ++changes_;
    ++at_;
  }

  [[nodiscard]] const WalkedRecord* dname_above() const {
    const auto found = std::find_if(dnames_.begin(), dnames_.end(), [&](const WalkedRecord& dname) {
      return !same_name(name_, dname.owner) && is_at_or_below(name_, dname.owner);
    });
    return found == dnames_.end() ? nullptr : &*found;
  }

  [[nodiscard]] Bytes made_by(const WalkedRecord& dname) const {
    const auto prefix = static_cast<std::ptrdiff_t>(name_.size() - dname.owner.size());
    Bytes made(name_.begin(), name_.begin() + prefix);
    made.insert(made.end(), dname.target.begin(), dname.target.end());
    return made;
  }

  std::uint16_t type_;
  Bytes name_;
  Records records_;
  std::size_t at_ = 0;
  std::size_t changes_ = 0;
  bool found_ = false;
  Records dnames_;
};

// Addresses of the servers that the cut or the answer names, and of nobody else.
void check_additional(const Records& additional, const Records& servers) {
  for (const WalkedRecord& record : additional) {
    FUZZ_REQUIRE(record.type == kTypeA || record.type == kTypeAaaa);
    FUZZ_REQUIRE(record.rdata.size() == (record.type == kTypeA ? 4U : 16U));
    FUZZ_REQUIRE(std::any_of(servers.begin(), servers.end(),
                             [&](const WalkedRecord& server) { return same_name(server.target, record.owner); }));
  }
}

void check_authority(const Records& authority, const Bytes& end_of_chain) {
  if (authority.empty()) {
    return;
  }
  check_is_one_set(authority);
  FUZZ_REQUIRE(authority.front().type == kTypeSoa || authority.front().type == kTypeNs);
  FUZZ_REQUIRE(authority.front().type == kTypeNs || authority.size() == 1);
  FUZZ_REQUIRE(is_at_or_below(end_of_chain, authority.front().owner));
}

}  // namespace

void check_sections(const WalkedMessage& answer) {
  Records records = in_section(answer, Section::kAnswer);
  const Records authority = in_section(answer, Section::kAuthority);
  const Records additional = in_section(answer, Section::kAdditional);
  const bool authoritative = (answer.flags & 0x0400) != 0;
  const bool refers = !authority.empty() && authority.front().type == kTypeNs;
  const unsigned rcode = rcode_of(answer);
  Records servers = refers ? authority : records;
  std::erase_if(servers, [](const WalkedRecord& record) { return record.type != kTypeNs; });
  check_additional(additional, servers);
  const bool is_error = rcode != 0 && rcode != kNxDomain && rcode != kYxDomain;
  if ((answer.flags & 0x0200) != 0 || is_error || answer.questions.empty()) {
    FUZZ_REQUIRE(records.empty() && authority.empty());
    FUZZ_REQUIRE(!authoritative || !is_error);
    return;
  }
  FUZZ_REQUIRE(authoritative == (!records.empty() || !refers));
  FUZZ_REQUIRE(!records.empty() || !authority.empty());
  Chain chain(answer.questions.front(), std::move(records));
  check_authority(authority, chain.follow());
  FUZZ_REQUIRE(!chain.found() || (authority.empty() && rcode == 0));
  FUZZ_REQUIRE((rcode == kYxDomain) == chain.ends_in_dname() || (rcode == 0 && !chain.may_go_on()));
  FUZZ_REQUIRE(rcode != kNxDomain || (!refers && authority.size() == 1));
}

}  // namespace dnsd::fuzz
