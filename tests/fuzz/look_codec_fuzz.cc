// Plain values as bytes, as the child that looks may write them: never read past the end, nothing longer than asked
// for, nothing but empty values once something was amiss; and what was read well is written as the bytes that it came
// from. Input: a byte with the number of reads, a byte for each (what, and how long at most), then what is read.
#include <algorithm>
#include <string>

#include "tests/fuzz/require.h"
#include "tools/zonectl/look/codec.h"

namespace {

using zonectl::look::Reader;
using zonectl::look::Writer;
using zonestore::Bytes;
using zonestore::ByteView;

enum class What : std::uint8_t { kNumber, kNumberUpTo, kText, kBytes, kName, kSpoil, kCount };

// One read, repeated to the writer.
void read_one(Reader& reader, Writer& writer, std::uint8_t step) {
  const auto what = static_cast<What>(step % static_cast<unsigned>(What::kCount));
  const std::size_t limit = step / static_cast<unsigned>(What::kCount);
  if (what == What::kNumber) {
    writer.number(reader.number());
  } else if (what == What::kNumberUpTo) {
    const std::uint32_t number = reader.number_up_to(static_cast<std::uint32_t>(limit));
    FUZZ_REQUIRE(number <= limit);
    writer.number(number);
  } else if (what == What::kText) {
    const std::string text = reader.text(limit);
    FUZZ_REQUIRE(text.size() <= limit && (reader.is_good() || text.empty()));
    writer.text(text);
  } else if (what == What::kBytes) {
    const Bytes bytes = reader.bytes(limit);
    FUZZ_REQUIRE(bytes.size() <= limit && (reader.is_good() || bytes.empty()));
    writer.bytes(bytes);
  } else if (what == What::kName) {
    writer.name(reader.name());
  } else {
    reader.spoil();
    FUZZ_REQUIRE(!reader.is_good());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::size_t count = std::min<std::size_t>(data[0], size - 1);
  const ByteView steps(data + 1, count);
  const ByteView given(data + 1 + count, size - 1 - count);
  Reader reader(given);
  Writer writer;
  bool was_good = true;
  for (const std::uint8_t step : steps) {
    read_one(reader, writer, step);
    FUZZ_REQUIRE(was_good || !reader.is_good());
    was_good = reader.is_good();
  }
  FUZZ_REQUIRE(!reader.is_done() || reader.is_good());
  if (reader.is_good()) {
    const Bytes& taken = writer.taken();
    FUZZ_REQUIRE(taken.size() <= given.size() && std::equal(taken.begin(), taken.end(), given.begin()));
    FUZZ_REQUIRE(reader.is_done() == (taken.size() == given.size()));
  }
  return 0;
}
