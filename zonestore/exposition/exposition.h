// Families of numbers as Prometheus reads them: its text format, version 0.0.4.
//
//   # HELP dnsd_queries_total Queries received
//   # TYPE dnsd_queries_total counter
//   dnsd_queries_total{transport="udp"} 17
//
// One HELP and one TYPE a family, families in the order of their names, samples in the order in which they were added
// (a histogram's buckets must be in theirs). Names are ours and are not checked; values of labels and helps may hold
// any text and are escaped. Pure. Threads: one at a time for each object.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace zonestore::exposition {

enum class Kind : std::uint8_t {
  kCounter,    // only grows; its name ends with _total
  kGauge,      // as it is now
  kHistogram,  // how many were at most so large, and their sum
};

using Value = std::variant<std::uint64_t, double>;
using Labels = std::vector<std::pair<std::string_view, std::string>>;  // name, value

// How many fell between two bounds, not added up: `counts` has one more than `bounds`, for what is above the last.
struct Histogram {
  std::span<const double> bounds;
  std::span<const std::uint64_t> counts;
  double sum = 0;
};

class Family {
 public:
  Family(std::string_view name, std::string_view help, Kind kind) : name_(name), help_(help), kind_(kind) {}

  Family& add(Value value, const Labels& labels = {});
  // Of a family of that kind: its buckets added up, its sum and its count.
  Family& add(const Histogram& histogram, const Labels& labels = {});

  // Called with each sample: its name, a bucket's too, its labels, its value as it is written.
  using OnSample = std::function<void(const std::string&, const Labels&, const std::string&)>;
  void for_each(const OnSample& on_sample) const;
  // Its HELP and TYPE also where nothing was added: whoever reads sees that there is such a thing.
  void append_to(std::string& text) const;

 private:
  struct Sample {
    std::string_view suffix;
    Labels labels;
    Value value;
  };

  std::string_view name_;
  std::string_view help_;
  Kind kind_;
  std::vector<Sample> samples_;
};

// All that is shown at one time.
class Exposition {
 public:
  // The family of that name, made with the first call. The views outlive the exposition: they are literals.
  Family& family(std::string_view name, std::string_view help, Kind kind);

  [[nodiscard]] std::string text() const;
  // The samples of all families, as in the text.
  void for_each(const Family::OnSample& on_sample) const;

 private:
  std::map<std::string_view, Family> families_;
};

}  // namespace zonestore::exposition
