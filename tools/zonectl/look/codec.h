// Plain values as bytes, for the pipe between zonectl and the child that looks: numbers of fixed size, byte strings
// with their length before them. No nesting, no recursion.
//
// The reader is for what a hostile child may have written: it never reads past the end, takes nothing longer than
// what it is told, and once something is amiss it gives empty values and says so (is_good). Threads: one each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/bytes.h"
#include "zonestore/zone/name.h"

namespace zonectl::look {

class Writer {
 public:
  Writer& number(std::uint32_t value);
  Writer& text(std::string_view value);
  Writer& bytes(zonestore::ByteView value);
  Writer& name(const zonestore::Name& value) { return bytes(value.wire()); }

  [[nodiscard]] const zonestore::Bytes& taken() const { return bytes_; }

 private:
  zonestore::Bytes bytes_;
};

class Reader {
 public:
  explicit Reader(zonestore::ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint32_t number();
  // At most `largest`: of a count, before anything is made room for.
  [[nodiscard]] std::uint32_t number_up_to(std::uint32_t largest);
  [[nodiscard]] std::string text(std::size_t longest);
  [[nodiscard]] zonestore::Bytes bytes(std::size_t longest);
  [[nodiscard]] zonestore::Name name();

  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_done() const { return is_good_ && rest_.empty(); }  // all of it was read
  void spoil();

 private:
  zonestore::ByteView take(std::size_t count);

  zonestore::ByteView rest_;
  bool is_good_ = true;
};

}  // namespace zonectl::look
