// Zone files in: the scanner's entries become directives and records, the records become sets.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "zonestore/base/letters.h"
#include "zonestore/zone/file_record_sets.h"
#include "zonestore/zone/limits.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/period.h"
#include "zonestore/zone/record_data.h"
#include "zonestore/zone/zone_file.h"
#include "zonestore/zone/zone_file_scanner.h"

namespace zonestore {
namespace {

constexpr std::uint32_t kMaxNumber = 0xFFFF'FFFF;  // of the field

bool is_class(std::string_view word) {
  constexpr std::array<std::string_view, 4> kClassNames{"in", "ch", "hs", "cs"};
  const std::string lowered = lower_case(word);
  return std::find(kClassNames.begin(), kClassNames.end(), lowered) != kClassNames.end() ||
         (lowered.starts_with("class") && lowered.size() > 5 &&
          std::all_of(lowered.begin() + 5, lowered.end(), is_digit));
}

bool is_internet_class(std::string_view word) {
  const std::string lowered = lower_case(word);
  return lowered == "in" || lowered == "class1";
}

constexpr std::size_t kMostIncluded = 10;     // files within files
constexpr std::size_t kMostIncludes = 1'000;  // in all: two that include each other twice would never end

class ZoneFileReader {
 public:
  ZoneFileReader(const std::filesystem::path& path, const std::optional<Name>& origin, ZoneFaults& faults)
      : path_(path), origin_(origin), faults_(faults), sets_(faults) {}

  Result<std::vector<FileRecordSet>> run() {
    if (auto read = read_all(path_); !read) {
      return tl::unexpected(std::move(read.error()));
    }
    return sets_.take_sorted();
  }
  [[nodiscard]] const std::optional<Name>& malformed_soa() const { return malformed_soa_; }

 private:
  Result<void> read_all(const std::filesystem::path& file) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      return cannot("open", file, errno);
    }
    try {
      ZoneFileScanner scanner(in);
      while (std::optional<ZoneFileEntry> entry = scanner.next()) {
        if (auto taken = take(*std::move(entry)); !taken) {
          return taken;
        }
      }
    } catch (const std::ios_base::failure&) {  // how the standard library's file tells that the disk failed
      return cannot("read", file, errno);
    }
    return {};
  }

  // Errors end the reading; faults do not.
  Result<void> take(ZoneFileEntry&& entry) {
    line_ = entry.line;
    entry_ = std::move(entry);
    if (!entry_.fault.empty()) {
      fault(entry_.fault);
    } else if (!entry_.begins_with_blank && words().front().starts_with('$')) {
      return take_directive();
    } else {
      return take_record(entry_.begins_with_blank);
    }
    return {};
  }

  [[nodiscard]] const std::vector<std::string>& words() const { return entry_.words; }

  Result<void> take_directive() {
    const std::string directive = lower_case(words().front());
    if (directive == "$include") {
      return take_include();
    }
    if (directive == "$generate") {
      fault("$GENERATE is not supported", "write the records out");
    } else if (directive != "$origin" && directive != "$ttl") {
      fault("a word that begins with $ is no directive that there is: $ORIGIN, $TTL or $INCLUDE",
            "a name that begins with $ is written \\$");
    } else if (words().size() != 2) {
      fault((directive == "$origin" ? "$ORIGIN" : "$TTL") + std::string(" takes one value"));
    } else if (directive == "$origin") {
      take_origin(words()[1]);
    } else {
      take_default_ttl();
    }
    return {};
  }

  void take_default_ttl() {
    const std::optional<std::uint64_t> ttl = parse_period(words()[1]);
    if (!ttl || *ttl > kMaxNumber) {
      return fault("$TTL takes a number of seconds from 1 to 2147483647, or a time such as 1h30m");
    }
    default_ttl_ = ttl;
  }

  bool take_origin(const std::string& word) {
    if (!origin_ && !is_absolute_name(word)) {
      fault("the first $ORIGIN is relative", "end it with a dot");
      return false;
    }
    auto name = name_of(word, origin_.value_or(Name()));
    if (!name) {
      fault("$ORIGIN: " + name.error().message, name.error().hint);
      return false;
    }
    origin_ = std::move(*name);
    return true;
  }

  // RFC 1035 section 5.1: the other file's $ORIGIN and owners end with it, its records stand here.
  Result<void> take_include() {
    if (words().size() < 2 || words().size() > 3) {
      fault("$INCLUDE takes a file, and an origin for it if it has another");
      return {};
    }
    const std::optional<std::filesystem::path> file = included_file(words()[1]);
    const std::optional<Name> origin = origin_;
    if (!file || (words().size() == 3 && !take_origin(words()[2]))) {
      return {};
    }
    const std::optional<Name> owner = owner_;
    const std::size_t outer_line = std::exchange(included_at_, included_at_ == 0 ? line_ : included_at_);
    included_.push_back(*file);
    auto read = read_all(*file);
    included_.pop_back();
    included_at_ = outer_line;
    origin_ = origin;
    owner_ = owner;
    return read;
  }

  // Beside the file that includes it, unless its path is absolute. nullopt: told.
  std::optional<std::filesystem::path> included_file(std::string_view word) {
    const bool is_quoted = word.size() >= 2 && word.front() == '"';
    const std::filesystem::path named(is_quoted ? word.substr(1, word.size() - 2) : word);
    const std::filesystem::path& here = included_.empty() ? path_ : included_.back();
    const std::filesystem::path file = here.parent_path() / named;
    std::error_code ignored;
    if (included_.size() >= kMostIncluded || ++included_count_ > kMostIncludes) {
      fault("$INCLUDE of more than " + std::to_string(kMostIncluded) + " files within each other, or " +
            std::to_string(kMostIncludes) + " in all: do they include each other?");
    } else if (!std::filesystem::is_regular_file(file, ignored)) {
      fault("$INCLUDE of a file that is not there", "its path is taken from where the file lies that includes it");
    } else {
      return file;
    }
    return std::nullopt;
  }

  Result<void> take_record(bool has_same_owner) {
    std::size_t at = has_same_owner ? 0 : 1;
    std::optional<std::uint64_t> ttl;
    bool has_class = false;
    for (; at < words().size(); ++at) {
      if (!has_class && is_class(words()[at])) {
        has_class = true;
        if (!is_internet_class(words()[at])) {
          fault(word_at(at) + "a record of another class than IN", "a zone here has class IN only");
          return {};
        }
      } else if (const auto value = parse_period(words()[at]); value && !ttl) {
        ttl = value;
      } else {
        break;
      }
    }
    if (at == words().size()) {
      fault("a record without a type");
      return {};
    }
    const auto type = parse_record_type(words()[at]);
    if (!type) {
      fault(word_at(at) + "what stands where the record's type is expected is no type", type.error().hint);
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
    if (type == RecordType::kSoa && !has_same_owner && is_absolute_name(words().front())) {
      if (auto name = Name::parse(words().front())) {
        origin_ = std::move(*name);
        return {};
      }
    }
    return fail(ErrorCode::kInvalid,
                path_.string() + ":" + std::to_string(line_) + ": the file does not say which zone it holds",
                "name it with --zone, or begin the file with $ORIGIN, or with the SOA under its absolute name");
  }

  // Without a word of the text in its errors.
  static Result<Name> name_of(const std::string& word, const Name& origin) {
    if (word.starts_with('"')) {
      return fail(ErrorCode::kInvalid, "a domain name in quotation marks",
                  "leave them out; one that belongs to the name is written \\\"");
    }
    return name_from_words(word, origin);
  }

  bool take_owner() {
    auto owner = name_of(words().front(), *origin_);
    if (!owner) {
      owner_.reset();
      fault(word_at(0) + owner.error().message, owner.error().hint);
      return false;
    }
    if (is_repeating(words().front(), *origin_)) {
      warn_of_repetition(*owner);
    }
    owner_ = std::move(*owner);
    return true;
  }

  void warn_of_repetition(const Name& name) {
    faults_.warn(place(), name.to_text() + " has the end " + origin_->to_text() +
                              " twice: a name without a final dot lies below it. Was a dot forgotten?");
  }

  void add_record(RecordType type, const std::optional<std::uint64_t>& given_ttl, std::size_t first_word) {
    if (!owner_) {
      return fault("a record without an owner: the record before it has none, or a malformed one");
    }
    if (is_meta_type(type)) {
      return fault(word_at(first_word - 1) + "records of type " + to_text(type) + " do not stand in zones");
    }
    std::string text;
    for (std::size_t at = first_word; at < words().size(); ++at) {
      text += (text.empty() || entry_.is_glued[at] ? "" : " ") + words()[at];
    }
    TextRemarks remarks;
    auto rdata = rdata_from_text(type, text, *origin_, &remarks, faults_.strictness());
    if (!rdata) {
      malformed_soa_ = type == RecordType::kSoa ? owner_ : malformed_soa_;
      return fault(rdata.error().message, rdata.error().hint);
    }
    for (const Name& name : remarks.repeating) {
      warn_of_repetition(name);
    }
    if (!remarks.doubt.empty()) {
      faults_.warn(place(), owner_->to_text() + " " + to_text(type) + ": " + remarks.doubt);
    }
    if (const std::optional<Ttl> ttl = ttl_of(type, *rdata, given_ttl)) {
      sets_.add(*owner_, type, *ttl, std::move(*rdata), place());
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
    if (*ttl > kMaxNumber || (*ttl > kMaxTtl && !faults_.is_lenient())) {
      fault("the TTL is above 2147483647 seconds");
      return std::nullopt;
    }
    last_ttl_ = ttl;
    return within_range(static_cast<std::uint32_t>(*ttl));
  }

  // What NSD, Knot and BIND take and no zone of ours has. 0: the judgement over the whole zone refuses it to the
  // strict. Too large: as RFC 8767 section 4 reads it.
  Ttl within_range(std::uint32_t ttl) {
    if (ttl == 0 && faults_.is_lenient()) {
      faults_.warn(place(), "a TTL of 0, which some software keeps for ever: it becomes 1");
      return Ttl{1};
    }
    if (ttl > kMaxTtl) {
      faults_.warn(place(), "a TTL above 2147483647 seconds (RFC 2181 section 8): it becomes that");
    }
    return Ttl{std::min(ttl, kMaxTtl)};
  }

  // The line of the file itself: of what an included one says, that of the $INCLUDE.
  [[nodiscard]] std::size_t place() const { return included_at_ == 0 ? line_ : included_at_; }

  // Of a record's data its fields are named (record_data.h); of the rest the word is counted, and never shown.
  static std::string word_at(std::size_t index) { return "word " + std::to_string(index + 1) + ": "; }

  void fault(std::string message, std::string hint = {}) {
    if (included_at_ != 0) {
      message = "in " + included_.back().string() + ", line " + std::to_string(line_) + ": " + message;
    }
    faults_.add({place(), std::nullopt, std::move(message), std::move(hint)});
  }

  [[nodiscard]] static tl::unexpected<Error> cannot(std::string_view what, const std::filesystem::path& file,
                                                    int reason) {
    const ErrorCode code = reason == ENOENT   ? ErrorCode::kMissing
                           : reason == EACCES ? ErrorCode::kPermission
                                              : ErrorCode::kIo;
    return fail(code, "cannot " + std::string(what) + " the zone file " + file.string() + ": " +
                          std::strerror(reason == 0 ? EIO : reason));
  }

  const std::filesystem::path& path_;
  std::vector<std::filesystem::path> included_;
  std::size_t included_count_ = 0;
  std::size_t included_at_ = 0;  // the line of the outermost $INCLUDE that is being read; 0: none is
  std::optional<Name> origin_;
  ZoneFaults& faults_;
  FileRecordSets sets_;
  std::optional<Name> owner_;
  std::optional<Name> malformed_soa_;
  std::optional<std::uint64_t> default_ttl_;
  std::optional<std::uint64_t> last_ttl_;
  std::size_t line_ = 0;
  ZoneFileEntry entry_;
};

}  // namespace

Result<std::vector<FileRecordSet>> read_zone_file(const std::filesystem::path& file,
                                                  const std::optional<Name>& origin, ZoneFaults& faults,
                                                  std::optional<Name>* malformed_soa) {
  ZoneFileReader reader(file, origin, faults);
  auto sets = reader.run();
  if (malformed_soa != nullptr) {
    *malformed_soa = reader.malformed_soa();
  }
  return sets;
}

}  // namespace zonestore
