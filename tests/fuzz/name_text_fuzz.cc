// Names as people write them: what is taken keeps to RFC 1035's sizes and reads back as the very same bytes.
#include <algorithm>
#include <string_view>

#include "tests/fuzz/text_rules.h"
#include "zonestore/zone/name.h"

namespace {

using zonestore::Name;

void check_round_trip(const Name& name, const std::string& text) {
  const auto again = Name::parse(text);
  FUZZ_REQUIRE(again.has_value() && std::ranges::equal(again->wire(), name.wire()));
  FUZZ_REQUIRE(std::all_of(text.begin(), text.end(), [](char byte) { return byte > ' ' && byte <= '~'; }));
}

// Down to the root, one label at a time.
void check_ancestors(const Name& name) {
  Name ancestor = name;
  for (std::size_t labels = name.label_count(); labels > 0; --labels) {
    FUZZ_REQUIRE(ancestor.label_count() == labels && !ancestor.is_root());
    const Name parent = ancestor.parent();
    FUZZ_REQUIRE(ancestor.is_at_or_below(parent) && !parent.is_at_or_below(ancestor) && parent < ancestor);
    ancestor = parent;
  }
  FUZZ_REQUIRE(ancestor.is_root());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto name = Name::parse({reinterpret_cast<const char*>(data), size});
  if (!name) {
    dnsd::fuzz::check_message(name.error().message);
    return 0;
  }
  FUZZ_REQUIRE(name->size_bytes() <= zonestore::kMaxNameBytes);
  FUZZ_REQUIRE(name->lowered() == *name);
  const auto judged = Name::from_wire(name->wire());
  FUZZ_REQUIRE(judged.has_value() && *judged == *name);
  check_round_trip(*name, name->to_text());
  check_round_trip(*name, name->to_text_no_dot());
  check_ancestors(*name);
  return 0;
}
