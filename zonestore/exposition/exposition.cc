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
  samples_.push_back({"", labels, value});
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
    samples_.push_back({"_bucket", with_bound, count});
  }
  samples_.push_back({"_sum", labels, histogram.sum});
  samples_.push_back({"_count", labels, count});
  return *this;
}

void Family::for_each(const OnSample& on_sample) const {
  for (const Sample& sample : samples_) {
    on_sample(std::string(name_) + std::string(sample.suffix), sample.labels, to_text(sample.value));
  }
}

void Family::append_to(std::string& text) const {
  text += "# HELP ";
  text += name_;
  text += ' ';
  append_escaped(text, help_, false);
  text += "\n# TYPE ";
  text += name_;
  text += ' ';
  text += to_text(kind_);
  text += '\n';
  for_each([&text](const std::string& name, const Labels& labels, const std::string& value) {
    text += name;
    append_labels(text, labels);
    text += ' ';
    text += value;
    text += '\n';
  });
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

void Exposition::for_each(const Family::OnSample& on_sample) const {
  for (const auto& [name, family] : families_) {
    family.for_each(on_sample);
  }
}

}  // namespace zonestore::exposition
