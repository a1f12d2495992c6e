// Zone files in: the scanner's entries become directives and records, the records become sets.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <compare>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "zonestore/zone/record_data.h"
#include "zonestore/zone/zone_file.h"
#include "zonestore/zone/zone_file_scanner.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kMaxTtl = 0x7FFF'FFFF;  // RFC 2181 section 8

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& character : lowered) {
    character = static_cast<char>(to_lower(static_cast<std::uint8_t>(character)));
  }
  return lowered;
}

std::uint64_t seconds_of_unit(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 86'400;
    case 'w':
      return 604'800;
    default:
      return 0;
  }
}

// "3600", "1h", "1h30m", "1W2D": nullopt for anything else. A value too large for any TTL comes back as one.
std::optional<std::uint64_t> parse_ttl(std::string_view text) {
  constexpr std::uint64_t kTooLarge = std::uint64_t{kMaxTtl} + 1;
  const std::string lowered = lower_case(text);
  std::uint64_t sum = 0;
  for (const char *at = lowered.data(), *end = at + lowered.size(); at != end;) {
    std::uint32_t number = 0;
    const auto [behind, error] = std::from_chars(at, end, number);
    if (error == std::errc::invalid_argument) {
      return std::nullopt;
    }
    const bool is_bare = behind == end;
    const std::uint64_t unit = is_bare ? 1 : seconds_of_unit(*behind);
    if (unit == 0 || (is_bare && at != lowered.data())) {
      return std::nullopt;
    }
    sum = error == std::errc::result_out_of_range ? kTooLarge : std::min(kTooLarge, sum + number * unit);
    at = is_bare ? end : behind + 1;
  }
  return text.empty() ? std::nullopt : std::optional(sum);
}

bool is_class(std::string_view word) {
  constexpr std::array<std::string_view, 4> kClasses{"in", "ch", "hs", "cs"};
  const std::string lowered = lower_case(word);
  return std::find(kClasses.begin(), kClasses.end(), lowered) != kClasses.end() ||
         (lowered.starts_with("class") && lowered.size() > 5 &&
          std::all_of(lowered.begin() + 5, lowered.end(), [](char each) { return each >= '0' && each <= '9'; }));
}

bool is_internet_class(std::string_view word) {
  const std::string lowered = lower_case(word);
  return lowered == "in" || lowered == "class1";
}

class ZoneFileReader {
 public:
  ZoneFileReader(const std::filesystem::path& path, const std::optional<Name>& origin, ZoneFaults& faults)
      : path_(path), origin_(origin), faults_(faults) {}

  Result<std::vector<FileRecordSet>> run() {
    if (auto read = read_all(); !read) {
      return tl::unexpected(std::move(read.error()));
    }
    return sorted_sets();
  }

 private:
  Result<void> read_all() {
    errno = 0;
    std::ifstream in(path_, std::ios::binary);
    if (!in) {
      return cannot("open", errno);
    }
    try {
      ZoneFileScanner scanner(in);
      while (const std::optional<ZoneFileEntry> entry = scanner.next()) {
        if (auto taken = take(*entry); !taken) {
          return taken;
        }
      }
    } catch (const std::ios_base::failure&) {  // how the standard library's file tells that the disk failed
      return cannot("read", errno);
    }
    return {};
  }

  // Errors end the reading; faults do not.
  Result<void> take(const ZoneFileEntry& entry) {
    line_ = entry.line;
    words_ = entry.words;
    if (!entry.fault.empty()) {
      fault(entry.fault);
    } else if (!entry.begins_with_blank && words_.front().starts_with('$')) {
      take_directive();
    } else {
      return take_record(entry.begins_with_blank);
    }
    return {};
  }

  void take_directive() {
    const std::string directive = lower_case(words_.front());
    if (directive == "$include" || directive == "$generate") {
      return fault(words_.front() + " is not supported",
                   directive == "$include" ? "put the records into one file" : "write the records out");
    }
    if (directive != "$origin" && directive != "$ttl") {
      return fault("there is no directive " + words_.front(), "a name that begins with $ is written \\$");
    }
    if (words_.size() != 2) {
      return fault(words_.front() + " takes one value");
    }
    if (directive == "$origin") {
      return take_origin();
    }
    const std::optional<std::uint64_t> ttl = parse_ttl(words_[1]);
    if (!ttl || *ttl > kMaxTtl) {
      return fault("$TTL " + words_[1] + " is no TTL from 1 to 2147483647 seconds");
    }
    default_ttl_ = ttl;
  }

  void take_origin() {
    if (!origin_ && !is_absolute_name(words_[1])) {
      return fault("the first $ORIGIN is relative", "end it with a dot");
    }
    auto name = name_from_text(words_[1], origin_.value_or(Name()));
    if (!name) {
      return fault(name.error().message, name.error().hint);
    }
    origin_ = std::move(*name);
  }

  Result<void> take_record(bool has_same_owner) {
    std::size_t at = has_same_owner ? 0 : 1;
    std::optional<std::uint64_t> ttl;
    bool has_class = false;
    for (; at < words_.size(); ++at) {
      if (!has_class && is_class(words_[at])) {
        has_class = true;
        if (!is_internet_class(words_[at])) {
          fault("a record of class " + words_[at], "a zone here has class IN only");
          return {};
        }
      } else if (const auto value = parse_ttl(words_[at]); value && !ttl) {
        ttl = value;
      } else {
        break;
      }
    }
    if (at == words_.size()) {
      fault("a record without a type");
      return {};
    }
    const auto type = parse_record_type(words_[at]);
    if (!type) {
      fault(type.error().message, type.error().hint);
      return {};
    }
    if (auto known = learn_origin(*type, has_same_owner); !known) {
      return known;
    }
    if (!has_same_owner && !take_owner()) {
      return {};
    }
    add_record(*type, ttl, at + 1);
    return {};
  }

  // Without an origin from outside, the SOA's owner is it.
  Result<void> learn_origin(RecordType type, bool has_same_owner) {
    if (origin_) {
      return {};
    }
    if (type == RecordType::kSoa && !has_same_owner && is_absolute_name(words_.front())) {
      if (auto name = Name::parse(words_.front())) {
        origin_ = std::move(*name);
        return {};
      }
    }
    return fail(ErrorCode::kInvalid,
                path_.string() + ":" + std::to_string(line_) + ": the file does not say which zone it holds",
                "name it with --zone, or begin the file with $ORIGIN, or with the SOA under its absolute name");
  }

  bool take_owner() {
    auto owner = name_from_text(words_.front(), *origin_);
    if (!owner) {
      owner_.reset();
      fault(owner.error().message, owner.error().hint);
      return false;
    }
    owner_ = std::move(*owner);
    return true;
  }

  void add_record(RecordType type, const std::optional<std::uint64_t>& given_ttl, std::size_t first_word) {
    if (!owner_) {
      return fault("a record without an owner: the record before it has none, or a malformed one");
    }
    if (is_meta_type(type)) {
      return fault("records of type " + to_text(type) + " do not stand in zones");
    }
    std::string text;
    for (std::size_t at = first_word; at < words_.size(); ++at) {
      text += (text.empty() ? "" : " ") + words_[at];
    }
    auto rdata = rdata_from_text(type, text, *origin_);
    if (!rdata) {
      return fault(rdata.error().message, rdata.error().hint);
    }
    const std::optional<Ttl> ttl = ttl_of(type, *rdata, given_ttl);
    if (ttl) {
      add_to_set(type, *ttl, std::move(*rdata));
    }
  }

  // RFC 2308 section 4, RFC 1035 section 5.1; a file without any has the SOA's minimum.
  std::optional<Ttl> ttl_of(RecordType type, ByteView rdata, std::optional<std::uint64_t> ttl) {
    if (!ttl) {
      ttl = default_ttl_ ? default_ttl_ : last_ttl_;
    }
    if (!ttl && type == RecordType::kSoa) {
      if (const auto soa = parse_soa_rdata(rdata)) {
        ttl = soa->minimum;
      }
    }
    if (!ttl) {
      fault("no TTL is given: neither here, nor by $TTL, nor by a record before");
      return std::nullopt;
    }
    if (*ttl > kMaxTtl) {
      fault("the TTL is above 2147483647 seconds");
      return std::nullopt;
    }
    last_ttl_ = ttl;
    return Ttl{static_cast<std::uint32_t>(*ttl)};
  }

  void add_to_set(RecordType type, Ttl ttl, Bytes&& rdata) {
    auto [place, is_new] = places_.try_emplace(key_of(type), sets_.size());
    if (is_new) {
      sets_.push_back({RecordSet{*owner_, type, ttl, {}}, line_});
    }
    RecordSet& set = sets_[place->second].set;
    // A signature has the TTL of what it signs, so that those of one name differ (RFC 4034 section 3).
    if (set.ttl != ttl && !is_made_by_signing(type)) {
      return fault("the records of " + set.owner.to_text() + " " + to_text(type) + " have different TTLs, " +
                       std::to_string(seconds(set.ttl)) + " and " + std::to_string(seconds(ttl)) +
                       " (RFC 2181 section 5.2)",
                   "give all of them the same");
    }
    set.rdata.push_back(std::move(rdata));
  }

  // Owner without case, and type.
  [[nodiscard]] std::string key_of(RecordType type) const {
    const Name lowered = owner_->lowered();
    std::string key(lowered.wire().begin(), lowered.wire().end());
    key += static_cast<char>(static_cast<std::uint16_t>(type) >> 8U);
    key += static_cast<char>(static_cast<std::uint16_t>(type) & 0xFFU);
    return key;
  }

  std::vector<FileRecordSet> sorted_sets() {
    for (FileRecordSet& each : sets_) {
      if (each.set.rdata.size() > 1) {
        put_in_order_without_twins(each.set.type, each.set.rdata);
      }
    }
    std::sort(sets_.begin(), sets_.end(), [](const FileRecordSet& left, const FileRecordSet& right) {
      const auto order = left.set.owner <=> right.set.owner;
      return std::is_lt(order) || (std::is_eq(order) && left.set.type < right.set.type);
    });
    return std::move(sets_);
  }

  void fault(std::string message, std::string hint = {}) {
    faults_.add({line_, std::nullopt, std::move(message), std::move(hint)});
  }

  [[nodiscard]] tl::unexpected<Error> cannot(std::string_view what, int reason) const {
    const ErrorCode code = reason == ENOENT   ? ErrorCode::kMissing
                           : reason == EACCES ? ErrorCode::kPermission
                                              : ErrorCode::kIo;
    return fail(code, "cannot " + std::string(what) + " the zone file " + path_.string() + ": " +
                          std::strerror(reason == 0 ? EIO : reason));
  }

  const std::filesystem::path& path_;
  std::optional<Name> origin_;
  ZoneFaults& faults_;
  std::optional<Name> owner_;
  std::optional<std::uint64_t> default_ttl_;
  std::optional<std::uint64_t> last_ttl_;
  std::size_t line_ = 0;
  std::vector<std::string> words_;
  std::vector<FileRecordSet> sets_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

Result<std::vector<FileRecordSet>> read_zone_file(const std::filesystem::path& file,
                                                  const std::optional<Name>& origin, ZoneFaults& faults) {
  return ZoneFileReader(file, origin, faults).run();
}

}  // namespace zonestore
