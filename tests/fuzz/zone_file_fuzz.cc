// Zone files: any bytes are refused with the line, or make record sets that are written and read back the same.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/text_rules.h"
#include "zonestore/zone/zone_file.h"

namespace {

using zonestore::ErrorCode;
using zonestore::Name;
using zonestore::RecordSet;
using zonestore::RecordType;

// A file in memory, which is opened by its path.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes) : descriptor_(::memfd_create("zone", MFD_CLOEXEC)) {
    FUZZ_REQUIRE(descriptor_ >= 0);
    FUZZ_REQUIRE(::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  MemoryFile(MemoryFile&&) = delete;
  MemoryFile& operator=(MemoryFile&&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

const Name& apex() {
  static const Name name = Name::parse("a").value();
  return name;
}

// "file:line: why".
void check_error(const zonestore::Error& error, const std::string& path) {
  std::string_view message = error.message;
  dnsd::fuzz::check_message(message);
  FUZZ_REQUIRE(error.code == ErrorCode::kInvalid && message.starts_with(path + ":"));
  message.remove_prefix(path.size() + 1);
  FUZZ_REQUIRE(dnsd::fuzz::take_number(message) > 0);
  FUZZ_REQUIRE(message.size() > 1 && message.front() == ' ');
}

// What the writer writes first is the SOA that it is given; the file's own are passed over.
std::string written(const std::vector<RecordSet>& sets) {
  std::ostringstream out;
  zonestore::ZoneFileWriter writer(out, apex());
  const zonestore::SoaData soa{apex(), apex(), 1, 1, 1, 1, 1};
  FUZZ_REQUIRE(writer.begin({apex(), RecordType::kSoa, zonestore::Ttl{1}, {zonestore::soa_rdata(soa)}}).has_value());
  for (const RecordSet& set : sets) {
    FUZZ_REQUIRE(!set.rdata.empty());
    FUZZ_REQUIRE(writer.write(set).has_value());
  }
  return out.str();
}

std::vector<RecordSet> without_soa(std::vector<RecordSet> sets) {
  std::erase_if(sets, [](const RecordSet& set) { return set.type == RecordType::kSoa; });
  return sets;
}

// ldns reads no owner whose text is longer than a name's bytes may be, as escapes can make it.
bool reads_back(const RecordSet& set) {
  return set.owner.to_text().size() <= zonestore::kMaxNameBytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(std::string(reinterpret_cast<const char*>(data), size));
  const auto sets = zonestore::read_zone_file(file.path(), apex());
  if (!sets) {
    check_error(sets.error(), file.path());
    return 0;
  }
  const MemoryFile copy(written(*sets));
  const auto again = zonestore::read_zone_file(copy.path(), apex());
  if (!std::all_of(sets->begin(), sets->end(), reads_back)) {
    return 0;
  }
  FUZZ_REQUIRE(again.has_value());
  FUZZ_REQUIRE(without_soa(*again) == without_soa(*sets));
  return 0;
}
