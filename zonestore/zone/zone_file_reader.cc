// Zone files in: ldns reads the records, one at a time; here they become record sets.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "zonestore/zone/ldns_handles.h"
#include "zonestore/zone/zone_file.h"

namespace zonestore {
namespace {

// What ldns is told to put where a record has no TTL: no TTL that may stand in a file (RFC 2181 section 8).
constexpr std::uint32_t kTtlNotGiven = 0xFFFF'FFFF;
constexpr std::uint32_t kMaxTtl = 0x7FFF'FFFF;

struct FileCloser {
  void operator()(std::FILE* file) const {
    std::fclose(file);  // NOLINT(cppcoreguidelines-owning-memory): read only, nothing to lose
  }
};

// Types that only a query may ask for, or a message carry (RFC 6895 section 3.1).
bool is_no_data_type(RecordType type) {
  const auto value = static_cast<std::uint16_t>(type);
  return value == 0 || type == RecordType::kOpt || (value >= 128 && value <= 255);
}

class ZoneFileReader {
 public:
  ZoneFileReader(const std::filesystem::path& path, const Name& origin) : path_(path) {
    ldns_rdf* rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin.size_bytes(), origin.wire().data());
    origin_.reset(rdf);
  }

  Result<std::vector<RecordSet>> run() {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): the pointer that owns it is made of it right here
    file_.reset(std::fopen(path_.c_str(), "re"));
    if (!file_) {
      const int error = errno;
      return fail(error == ENOENT ? ErrorCode::kMissing : ErrorCode::kIo,
                  "cannot open the zone file " + path_.string() + ": " + std::strerror(error));
    }
    while (std::feof(file_.get()) == 0 && std::ferror(file_.get()) == 0) {
      if (auto entry = read_entry(); !entry) {
        return tl::unexpected(std::move(entry.error()));
      }
    }
    if (std::ferror(file_.get()) != 0) {
      return fail(ErrorCode::kIo, "cannot read the zone file " + path_.string());
    }
    return sorted_sets();
  }

 private:
  // ldns would read over these, and the line on which the next record begins would not be known.
  void skip_empty_lines() {
    int next = std::getc(file_.get());
    while (next == '\n' || next == ';') {
      while (next != '\n' && next != EOF) {
        next = std::getc(file_.get());
      }
      ++line_;
      next = std::getc(file_.get());
    }
    std::ungetc(next, file_.get());  // of EOF: no effect
  }

  // A record or a directive.
  Result<void> read_entry() {
    skip_empty_lines();
    const int first_line = line_ + 1;
    ldns_rr* rr = nullptr;
    ldns_rdf* origin = origin_.release();
    ldns_rdf* previous = previous_.release();
    const ldns_status status = ldns_rr_new_frm_fp_l(&rr, file_.get(), &default_ttl_, &origin, &previous, &line_);
    const ldns::Rr record(rr);
    origin_.reset(origin);
    previous_.reset(previous);
    switch (status) {
      case LDNS_STATUS_OK:
        return add(*record, first_line);
      case LDNS_STATUS_SYNTAX_EMPTY:
      case LDNS_STATUS_SYNTAX_TTL:
      case LDNS_STATUS_SYNTAX_ORIGIN:
        return {};
      case LDNS_STATUS_SYNTAX_INCLUDE:
        return wrong(first_line, "$INCLUDE is not supported; put the records into one file");
      default:
        return wrong(first_line, ldns::status_text(status));
    }
  }

  Result<void> add(const ldns_rr& rr, int line) {
    const auto type = static_cast<RecordType>(ldns_rr_get_type(&rr));
    if (ldns_rr_get_class(&rr) != LDNS_RR_CLASS_IN) {
      return wrong(line, "a record of a class other than IN");
    }
    if (is_no_data_type(type)) {
      return wrong(line, "records of type " + to_text(type) + " do not stand in zones");
    }
    auto owner = name_of(*ldns_rr_owner(&rr));
    if (!owner) {
      return wrong(line, owner.error().message);
    }
    Bytes rdata;
    if (const ldns_status status = ldns::rdata_wire(rr, rdata); status != LDNS_STATUS_OK) {
      return wrong(line, ldns::status_text(status));
    }
    if (type == RecordType::kSoa && default_ttl_ == kTtlNotGiven) {
      if (const auto soa = parse_soa_rdata(rdata)) {
        last_ttl_ = soa->minimum;  // RFC 1035 section 5.1 with 3.3.13
      }
    }
    const auto ttl = ttl_of(rr, line);
    if (!ttl) {
      return tl::unexpected(ttl.error());
    }
    return add_to_set(RecordSet{std::move(*owner), type, *ttl, {std::move(rdata)}}, line);
  }

  Result<Ttl> ttl_of(const ldns_rr& rr, int line) {
    std::uint32_t ttl = ldns_rr_ttl(&rr);
    if (ttl == kTtlNotGiven) {
      if (!last_ttl_) {
        return wrong(line, "no TTL is given: neither here, nor by $TTL, nor by a record before");
      }
      ttl = *last_ttl_;
    }
    if (ttl > kMaxTtl) {
      return wrong(line, "the TTL " + std::to_string(ttl) + " is above 2147483647");
    }
    last_ttl_ = ttl;
    return static_cast<Ttl>(ttl);
  }

  Result<void> add_to_set(RecordSet&& record, int line) {
    auto [place, is_new] = sets_.try_emplace({record.owner, record.type}, record);
    if (is_new) {
      return {};
    }
    RecordSet& set = place->second;
    if (set.ttl != record.ttl) {
      return wrong(line, "the records of " + set.owner.to_text() + " " + to_text(set.type) +
                             " have different TTLs, " + std::to_string(seconds(set.ttl)) + " and " +
                             std::to_string(seconds(record.ttl)) + " (RFC 2181 section 5.2)");
    }
    set.rdata.push_back(std::move(record.rdata.front()));
    return {};
  }

  std::vector<RecordSet> sorted_sets() {
    std::vector<RecordSet> sets;
    sets.reserve(sets_.size());
    for (auto& [key, set] : sets_) {
      put_in_canonical_order(set.rdata);
      sets.push_back(std::move(set));
    }
    return sets;
  }

  static Result<Name> name_of(const ldns_rdf& rdf) {
    return Name::from_wire({ldns_rdf_data(&rdf), ldns_rdf_size(&rdf)});
  }

  [[nodiscard]] tl::unexpected<Error> wrong(int line, const std::string& why) const {
    return fail(ErrorCode::kInvalid, path_.string() + ":" + std::to_string(line) + ": " + why);
  }

  const std::filesystem::path& path_;
  std::unique_ptr<std::FILE, FileCloser> file_;
  ldns::Rdf origin_;
  ldns::Rdf previous_;
  std::uint32_t default_ttl_ = kTtlNotGiven;
  std::optional<std::uint32_t> last_ttl_;
  int line_ = 0;
  std::map<std::pair<Name, RecordType>, RecordSet> sets_;
};

}  // namespace

Result<std::vector<RecordSet>> read_zone_file(const std::filesystem::path& file, const Name& origin) {
  return ZoneFileReader(file, origin).run();
}

}  // namespace zonestore
