#include "tools/zonectl/bulk/faults.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tools/zonectl/telling/json.h"
#include "zonestore/base/letters.h"

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;

namespace {

constexpr std::size_t kMostTold = 50;
constexpr std::size_t kMostLines = 8;  // that a reason names

std::string name_of(const std::string& file) {
  return file == kStandardInput ? "standard input" : file;
}

Error at_line(const std::string& file, const FileFault& fault) {
  Error error = fault.error;
  error.message = name_of(fault.file.empty() ? file : fault.file) +
                  (fault.line == 0 ? "" : ":" + std::to_string(fault.line)) + ": " + error.message;
  return error;
}

std::string reason_of(const FileFault& fault) {
  if (!fault.reason.empty()) {
    return fault.file + '\n' + fault.reason;
  }
  if (fault.error.refusal) {
    return fault.file + '\n' + std::string(zonestore::guard_code(fault.error.refusal->guard));
  }
  std::string reason = fault.file + '\n';
  for (const char each : fault.error.message) {
    reason += zonestore::is_digit(each) ? '0' : each;
  }
  // "9 bytes" and "10 bytes" are of one kind.
  reason.erase(
      std::unique(reason.begin(), reason.end(), [](char left, char right) { return left == '0' && right == '0'; }),
      reason.end());
  return reason;
}

using Group = std::vector<const FileFault*>;

std::vector<Group> groups_of(const std::vector<FileFault>& faults) {
  std::map<std::string, std::size_t> places;
  std::vector<Group> groups;
  for (const FileFault& fault : faults) {
    const auto [place, is_new] = places.emplace(reason_of(fault), groups.size());
    if (is_new) {
      groups.emplace_back();
    }
    groups[place->second].push_back(&fault);
  }
  return groups;
}

std::string and_more(const Group& group) {
  std::string lines;
  for (std::size_t i = 1; i < std::min(group.size(), kMostLines + 1); ++i) {
    lines += (i == 1 ? " " : ", ") + std::to_string(group[i]->line);
  }
  const std::size_t more = group.size() - 1;
  return " (and " + std::to_string(more) + " more: " + (more == 1 ? "line" : "lines") + lines +
         (more > kMostLines ? ", ...)" : ")");
}

}  // namespace

std::vector<Error> by_reason(const std::string& file, const std::vector<FileFault>& faults) {
  std::vector<Error> errors;
  for (const Group& group : groups_of(faults)) {
    Error error = at_line(file, *group.front());
    error.message += group.size() > 1 ? and_more(group) : "";
    errors.push_back(std::move(error));
  }
  return errors;
}

Json faults_json(const std::string& file, const std::vector<FileFault>& faults) {
  Json told = Json::array();
  for (std::size_t i = 0; i < std::min(faults.size(), kMostTold); ++i) {
    Json each{{"line", faults[i].line == 0 ? Json(nullptr) : Json(faults[i].line)},
              {"error", to_json(faults[i].error)}};
    if (!faults[i].file.empty()) {
      each["file"] = faults[i].file;
    }
    told.push_back(std::move(each));
  }
  Json reasons = Json::array();
  for (const Group& group : groups_of(faults)) {
    reasons.push_back(Json{{"count", group.size()}, {"first", to_json(at_line(file, *group.front()))}});
  }
  return Json{{"faults", told}, {"fault_count", faults.size()}, {"fault_reasons", reasons}};
}

ExitCode tell_faults(const Session& session, const std::string& file, const std::vector<FileFault>& faults) {
  const std::vector<Error> reasons = by_reason(file, faults);
  for (std::size_t i = 0; i < std::min(reasons.size(), kMostTold); ++i) {
    session.report(reasons[i]);
  }
  session.report(
      {ErrorCode::kInvalid,
       name_of(file) + ": nothing was done, " + std::to_string(faults.size()) +
           (faults.size() == 1 ? " fault" : " faults") +
           (reasons.size() > kMostTold ? ", of which the first " + std::to_string(kMostTold) + " kinds are shown"
                                       : ""),
       "", std::nullopt});
  const auto malformed = std::find_if(faults.begin(), faults.end(),
                                      [](const FileFault& each) { return each.error.code == ErrorCode::kInvalid; });
  const FileFault& worst = malformed == faults.end() ? faults.front() : *malformed;
  if (session.json()) {
    Json json{{"error", to_json(at_line(file, worst))}};
    json.update(faults_json(file, faults));
    print(session.out(), json);
  }
  return exit_code_of(worst.error.code);
}

}  // namespace zonectl
