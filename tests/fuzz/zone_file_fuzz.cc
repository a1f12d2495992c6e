// Zone files: of any bytes, what is malformed is said with its line, and the rest makes record sets that are written
// and read back the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/text_rules.h"
#include "zonestore/zone/zone_file.h"

namespace {

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

struct Reading {
  std::vector<RecordSet> sets;
  std::size_t faults = 0;
};

// Each fault has the line of the file on which it is, and a message that a terminal shows as it is.
void check_faults(const zonestore::ZoneFaults& faults, const std::string& bytes) {
  const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1;
  for (const zonestore::ZoneFault& fault : faults.first(zonestore::ZoneFaults::kMaxKept)) {
    FUZZ_REQUIRE(fault.line > 0 && fault.line <= lines);
    dnsd::fuzz::check_message(fault.message);
  }
}

Reading read(const std::string& bytes) {
  const MemoryFile file(bytes);
  zonestore::ZoneFaults faults;
  auto sets = zonestore::read_zone_file(file.path(), apex(), faults);
  FUZZ_REQUIRE(sets.has_value());  // else the file could not be read
  check_faults(faults, bytes);
  Reading reading;
  reading.faults = faults.count();
  for (auto& each : *sets) {
    FUZZ_REQUIRE(!each.set.rdata.empty() && each.line > 0);
    if (each.set.type != RecordType::kSoa) {  // the writer writes the one that it is given
      reading.sets.push_back(std::move(each.set));
    }
  }
  return reading;
}

std::string written(const std::vector<RecordSet>& sets) {
  std::ostringstream out;
  zonestore::ZoneFileWriter writer(out, apex());
  const zonestore::SoaData soa{apex(), apex(), 1, 1, 1, 1, 1};
  FUZZ_REQUIRE(writer.begin({apex(), RecordType::kSoa, zonestore::Ttl{1}, {zonestore::soa_rdata(soa)}}).has_value());
  for (const RecordSet& set : sets) {
    FUZZ_REQUIRE(writer.write(set).has_value());
  }
  return out.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Reading once = read(std::string(reinterpret_cast<const char*>(data), size));
  const Reading again = read(written(once.sets));
  FUZZ_REQUIRE(again.faults == 0);
  FUZZ_REQUIRE(again.sets == once.sets);
  return 0;
}
