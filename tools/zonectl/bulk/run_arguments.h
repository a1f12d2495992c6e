// What a bulk run keeps of the command line that began it, for --resume: fields with a text, a number, a yes or
// texts. It is kept as a JSON object. Threads: plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "zonestore/base/error.h"

namespace zonectl {

// Of a run whose arguments this program does not understand: another version may have begun it.
inline constexpr const char* kUnreadableRun = "the run's own arguments cannot be read";
inline constexpr const char* kUnreadableRunHint =
    "zonectl log shows its number N; give the same command with --give-up N, then begin it anew";

class RunArguments {
 public:
  // Fields of other kinds are left out. Errors: kInvalid for what is no object.
  [[nodiscard]] static zonestore::Result<RunArguments> parse(std::string_view json_text);
  [[nodiscard]] std::string to_json_text() const;

  void set(std::string_view name, std::string text) { fields_[std::string(name)] = std::move(text); }
  void set(std::string_view name, std::int64_t number) { fields_[std::string(name)] = number; }
  void set(std::string_view name, std::vector<std::string> texts) { fields_[std::string(name)] = std::move(texts); }
  void set_flag(std::string_view name, bool is_set) { fields_[std::string(name)] = is_set; }

  // nullopt, false and nothing where there is no such field, or one of another kind.
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;

 private:
  template <class T>
  [[nodiscard]] const T* find(std::string_view name) const;

  using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;
  std::map<std::string, Value, std::less<>> fields_;
};

}  // namespace zonectl
