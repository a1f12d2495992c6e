// Lines in, lines out, for the test that compares readers of zone text. A line is the end of one of a zone file of
// p.test:
//   MX 10 mail  ->  =<tab>DATA IN HEX<tab>its text<tab>hex of the data of that text<tab>type and data as in an export
//   MX mail     ->  !<tab>why it is refused
#include <iostream>
#include <sstream>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "zonestore/zone/record_data.h"
#include "zonestore/zone/zone_file.h"

namespace {

using zonestore::Bytes;
using zonestore::Name;
using zonestore::RecordType;

std::string hex_of(const Bytes& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 0xFU];
  }
  return text;
}

std::string exported(RecordType type, const Bytes& rdata) {
  std::ostringstream out;
  zonestore::ZoneFileWriter writer(out, Name());
  if (!writer.write({Name::parse("o").value(), type, zonestore::Ttl{300}, {rdata}})) {
    return "";
  }
  std::string line = out.str();
  line.pop_back();
  return line.substr(line.find("IN\t") + 3);
}

// A file in memory, which is opened by its path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("zone", MFD_CLOEXEC)) {}
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  MemoryFile(MemoryFile&&) = delete;
  MemoryFile& operator=(MemoryFile&&) = delete;

  std::string path_of(const std::string& text) const {
    if (::ftruncate(descriptor_, 0) != 0 ||
        ::pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      return {};
    }
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

std::string answer(const MemoryFile& file, const std::string& line) {
  static const Name kOrigin = Name::parse("p.test").value();
  zonestore::ZoneFaults faults(zonestore::Strictness::kLenient);
  const auto sets = zonestore::read_zone_file(file.path_of("o 300 IN " + line + "\n"), kOrigin, faults);
  if (!sets || sets->empty() || !faults.empty()) {
    return "!\t" + (faults.empty() ? "it holds no record" : faults.first(1).front().message);
  }
  const RecordType type = sets->front().set.type;
  const Bytes& rdata = sets->front().set.rdata.front();
  const auto written = zonestore::rdata_to_text(type, rdata);
  if (!written) {
    return "!\tit has no text: " + written.error().message;
  }
  const auto again = zonestore::rdata_from_text(type, *written, Name(), nullptr, zonestore::Strictness::kLenient);
  return "=\t" + hex_of(rdata) + "\t" + *written + "\t" + (again ? hex_of(*again) : "!" + again.error().message) +
         "\t" + exported(type, rdata);
}

}  // namespace

int main() {
  const MemoryFile file;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(file, line) << '\n';
  }
}
