#include "tools/zonectl/text/json_value.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace zonectl {

using Document = nlohmann::ordered_json;

struct Json::Converter {
  Document operator()(std::nullptr_t) const { return nullptr; }
  Document operator()(bool value) const { return value; }
  Document operator()(std::int64_t value) const { return value; }
  Document operator()(const std::string& text) const { return text; }
  Document operator()(const Embedded& embedded) const {
    Document parsed = Document::parse(embedded.text, nullptr, false);
    return parsed.is_discarded() ? Document(embedded.text) : parsed;
  }
  Document operator()(const Array& array) const {
    Document document = Document::array();
    for (const Json& element : array) {
      document.push_back(std::visit(*this, element.value_));
    }
    return document;
  }
  Document operator()(const Object& object) const {
    Document document = Document::object();
    for (const auto& [name, field] : object) {
      document[name] = std::visit(*this, field.value_);
    }
    return document;
  }
};

Json::Json(const std::vector<std::string>& texts) : value_(Array(texts.begin(), texts.end())) {}

Json::Json(std::initializer_list<Field> fields) : value_(Object(fields)) {}

Json Json::array() {
  Json json;
  json.value_ = Array();
  return json;
}

Json Json::embedded(std::string text) {
  Json json;
  json.value_ = Embedded{std::move(text)};
  return json;
}

Json& Json::operator[](std::string_view name) {
  if (std::holds_alternative<std::nullptr_t>(value_)) {
    value_ = Object();
  }
  auto& fields = std::get<Object>(value_);
  const auto found =
      std::find_if(fields.begin(), fields.end(), [name](const Field& field) { return field.first == name; });
  return found != fields.end() ? found->second : fields.emplace_back(std::string(name), Json()).second;
}

void Json::update(const Json& other) {
  for (const auto& [name, field] : std::get<Object>(other.value_)) {
    (*this)[name] = field;
  }
}

void Json::push_back(Json element) {
  std::get<Array>(value_).push_back(std::move(element));
}

std::string Json::dump(int indent) const {
  return std::visit(Converter{}, value_).dump(indent, ' ', false, Document::error_handler_t::replace);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

void print(std::ostream& out, const Json& document) {
  out << document.dump(2) << '\n';
}

JsonList::JsonList(std::ostream& out, std::string_view name) : out_(out) {
  out_ << "{\n  \"" << name << "\": [";
}

void JsonList::add(const Json& element) {
  out_ << (first_ ? "\n    " : ",\n    ") << element.dump();
  first_ = false;
}

void JsonList::finish() {
  out_ << (first_ ? "]\n}\n" : "\n  ]\n}\n");
}

void JsonList::finish(const Json& more) {
  out_ << (first_ ? "]" : "\n  ]");
  for (const auto& [name, field] : std::get<Json::Object>(more.value_)) {
    out_ << ",\n  \"" << name << "\": " << field.dump();
  }
  out_ << "\n}\n";
}

}  // namespace zonectl
