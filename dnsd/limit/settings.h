// How many answers a client prefix gets, with the defaults. Threads: plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

namespace dnsd::limit {

struct Settings {
  // What all answers to one prefix together may be, unless somebody says otherwise.
  static constexpr unsigned kAllAnswersPerSecond = 1000;

  unsigned answers_per_second = 200;  // to one prefix, all alike, over all workers; 0: no limit of any kind
  // To one prefix, whatever they are about; 0: these are not counted. Unset: the default, or as many as there may be
  // equal ones, where that is more: whoever has raised that limit has not asked for a lower one.
  std::optional<unsigned> all_answers_per_second = std::nullopt;
  unsigned slip = 2;               // of so many limited answers, one goes out truncated; 0: none does
  unsigned ipv4_prefix_bits = 24;  // what counts as one client
  unsigned ipv6_prefix_bits = 56;  // at most 64
  std::size_t table_bytes = 1024U * 1024;

  [[nodiscard]] bool is_on() const { return answers_per_second > 0; }
  // 0: not counted.
  [[nodiscard]] unsigned all_rate() const {
    return is_on() ? all_answers_per_second.value_or(std::max(kAllAnswersPerSecond, answers_per_second)) : 0;
  }
};

}  // namespace dnsd::limit
