#include "tools/zonectl/bulk/run_arguments.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace zonectl {

zonestore::Result<RunArguments> RunArguments::parse(std::string_view json_text) {
  const nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
  if (!json.is_object()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, kUnreadableRun, kUnreadableRunHint);
  }
  RunArguments arguments;
  for (const auto& [name, value] : json.items()) {
    if (value.is_boolean()) {
      arguments.set_flag(name, value.get<bool>());
    } else if (value.is_number_integer()) {
      arguments.set(name, value.get<std::int64_t>());
    } else if (value.is_string()) {
      arguments.set(name, value.get<std::string>());
    } else if (value.is_array()) {
      std::vector<std::string> texts;
      for (const nlohmann::json& each : value) {
        if (each.is_string()) {
          texts.push_back(each.get<std::string>());
        }
      }
      arguments.set(name, std::move(texts));
    }
  }
  return arguments;
}

std::string RunArguments::to_json_text() const {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : fields_) {
    std::visit([&json, &key = name](const auto& each) { json[key] = each; }, value);
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class T>
const T* RunArguments::find(std::string_view name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? nullptr : std::get_if<T>(&found->second);
}

std::optional<std::string> RunArguments::text(std::string_view name) const {
  const auto* const found = find<std::string>(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<std::int64_t> RunArguments::number(std::string_view name) const {
  const auto* const found = find<std::int64_t>(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::vector<std::string> RunArguments::texts(std::string_view name) const {
  const auto* const found = find<std::vector<std::string>>(name);
  return found == nullptr ? std::vector<std::string>{} : *found;
}

bool RunArguments::flag(std::string_view name) const {
  const bool* const found = find<bool>(name);
  return found != nullptr && *found;
}

}  // namespace zonectl
