// What an audit row says of before and after: names with values, as the operation knows them. Their JSON:
// audit_json.h.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zonestore {

class AuditValue {
 public:
  enum class Kind : std::uint8_t { kFields, kList, kText, kNumber, kBool, kNull, kJson };
  struct Field;

  AuditValue() = default;  // no fields: {}
  AuditValue(std::initializer_list<Field> fields);
  AuditValue(std::nullptr_t) : kind_(Kind::kNull) {}
  AuditValue(std::string text) : kind_(Kind::kText), text_(std::move(text)) {}
  AuditValue(std::string_view text) : AuditValue(std::string(text)) {}
  AuditValue(const char* text) : AuditValue(std::string(text)) {}
  AuditValue(std::same_as<bool> auto is_so) : kind_(Kind::kBool), number_(is_so ? 1 : 0) {}
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) AuditValue(Number number)
      : kind_(Kind::kNumber), number_(static_cast<std::int64_t>(number)) {}

  [[nodiscard]] static AuditValue list(std::vector<AuditValue> values = {});
  // Each as `to_value` makes of it a value, or what becomes one.
  template <class Range, class ToValue>
  [[nodiscard]] static AuditValue list_of(const Range& range, ToValue&& to_value) {
    std::vector<AuditValue> values;
    values.reserve(range.size());
    for (const auto& each : range) {
      values.push_back(to_value(each));
    }
    return list(std::move(values));
  }
  // What is JSON already: the arguments of a bulk command.
  [[nodiscard]] static AuditValue of_json(std::string json);

  // One more field, or another value for one that is there. Precondition: kFields.
  AuditValue& set(std::string_view name, AuditValue value);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const std::string& text() const { return text_; }                  // kText, kJson
  [[nodiscard]] std::int64_t number() const { return number_; }                    // kNumber; kBool: 0 or 1
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }   // kFields
  [[nodiscard]] const std::vector<AuditValue>& values() const { return values_; }  // kFields, kList

  friend bool operator==(const AuditValue& one, const AuditValue& other);

 private:
  Kind kind_ = Kind::kFields;
  std::string text_;
  std::int64_t number_ = 0;
  std::vector<std::string> names_;
  std::vector<AuditValue> values_;
};

struct AuditValue::Field {
  std::string name;
  AuditValue value;
};

}  // namespace zonestore
