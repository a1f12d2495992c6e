#include "zonestore/base/joined.h"

namespace zonestore {

void append_joined(std::string& text, std::string_view between, std::string_view more) {
  text += text.empty() ? std::string_view() : between;
  text += more;
}

}  // namespace zonestore
