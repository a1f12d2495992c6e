// A JSON value to be printed: built like a value of nlohmann-json, whose headers stay in json_value.cc (they cost
// every file that sees them several seconds to compile).
//
//   Json document{{"code", "mosa"}, {"active", nullptr}};
//   document["domains"] = Json::array();
//
// Fields keep the order in which they came, so that a document reads as its documentation does.
// Threads: plain value.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace zonectl {

class Json {
 public:
  using Field = std::pair<std::string, Json>;

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::string text) : value_(std::move(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(const char* text) : value_(std::string(text)) {}
  Json(const std::vector<std::string>& texts);
  Json(std::initializer_list<Field> fields);

  [[nodiscard]] static Json array();
  // What a JSON text says; the text itself as a string if it is none.
  [[nodiscard]] static Json embedded(std::string text);

  // The field of an object, null if it was not there. Precondition: an object, or null, which becomes one.
  Json& operator[](std::string_view name);
  // The other object's fields, behind or in the place of those that are there.
  void update(const Json& other);
  // Precondition: an array.
  void push_back(Json element);

  // On many lines with that indent, or on one with -1. Bytes that are no UTF-8 become U+FFFD.
  [[nodiscard]] std::string dump(int indent = -1) const;

 private:
  friend class JsonList;
  struct Embedded {
    std::string text;
  };
  using Array = std::vector<Json>;
  using Object = std::vector<Field>;
  struct Converter;  // to nlohmann-json

  std::variant<std::nullptr_t, bool, std::int64_t, std::string, Embedded, Array, Object> value_;
};

// Null for an absent value, else what `convert` makes of it.
template <class T, class Convert>
[[nodiscard]] Json json_or_null(const std::optional<T>& value, Convert convert) {
  return value ? Json(convert(*value)) : Json(nullptr);
}

// Null for an empty text.
[[nodiscard]] Json text_or_null(const std::string& text);

// The document and a final newline.
void print(std::ostream& out, const Json& document);

// {"NAME": [...]}, written element by element, one a line, for lists of any length.
class JsonList {
 public:
  JsonList(std::ostream& out, std::string_view name);
  void add(const Json& element);
  void finish();
  void finish(const Json& more);  // with the fields of this object behind the list

 private:
  std::ostream& out_;
  bool first_ = true;
};

}  // namespace zonectl
