#include "zonestore/exposition/exposition.h"

#include <array>
#include <charconv>
#include <cmath>

namespace zonestore::exposition {
namespace {

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kGauge:
      return "gauge";
    case Kind::kHistogram:
      return "histogram";
  }
  return "untyped";
}

// "NaN" and "+Inf" are the format's own words for them.
std::string to_text(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string to_text(const Value& value) {
  const auto* const whole = std::get_if<std::uint64_t>(&value);
  return whole != nullptr ? std::to_string(*whole) : to_text(std::get<double>(value));
}

// `quoted`: inside a label's quotes, where these are escaped, too.
void append_escaped(std::string& text, std::string_view value, bool quoted) {
  for (const char letter : value) {
    if (letter == '\n') {
      text += "\\n";
      continue;
    }
    if (letter == '\\' || (quoted && letter == '"')) {
      text += '\\';
    }
    text += letter;
  }
}

void append_labels(std::string& text, const Labels& labels) {
  if (labels.empty()) {
    return;
  }
  char before = '{';
  for (const auto& [name, value] : labels) {
    text += before;
    text += name;
    text += "=\"";
    append_escaped(text, value, true);
    text += '"';
    before = ',';
  }
  text += '}';
}

}  // namespace

Family& Family::add(Value value, const Labels& labels) {
  append_sample("", labels, value);
  return *this;
}

Family& Family::add(const Histogram& histogram, const Labels& labels) {
  Labels with_bound = labels;
  with_bound.emplace_back("le", "");
  std::uint64_t count = 0;
  for (std::size_t index = 0; index < histogram.counts.size(); ++index) {
    count += histogram.counts[index];
    with_bound.back().second =
        index < histogram.bounds.size() ? to_text(histogram.bounds[index]) : std::string("+Inf");
    append_sample("_bucket", with_bound, count);
  }
  append_sample("_sum", labels, histogram.sum);
  append_sample("_count", labels, count);
  return *this;
}

void Family::append_sample(std::string_view suffix, const Labels& labels, Value value) {
  samples_ += name_;
  samples_ += suffix;
  append_labels(samples_, labels);
  samples_ += ' ';
  samples_ += to_text(value);
  samples_ += '\n';
}

void Family::append_to(std::string& text) const {
  if (samples_.empty()) {
    return;
  }
  text += "# HELP ";
  text += name_;
  text += ' ';
  append_escaped(text, help_, false);
  text += "\n# TYPE ";
  text += name_;
  text += ' ';
  text += to_text(kind_);
  text += '\n';
  text += samples_;
}

Family& Exposition::family(std::string_view name, std::string_view help, Kind kind) {
  return families_.try_emplace(name, name, help, kind).first->second;
}

std::string Exposition::text() const {
  std::string text;
  for (const auto& [name, family] : families_) {
    family.append_to(text);
  }
  return text;
}

}  // namespace zonestore::exposition
