// How what `check` saw is told: in words as it comes, with progress on a terminal, or as one JSON document.
// Ownership: the session must outlive it. Threads: one.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/probe/institution.h"
#include "tools/zonectl/session/session.h"
#include "tools/zonectl/text/json_value.h"
#include "tools/zonectl/text/spool.h"

namespace zonectl {

class CheckOutput {
 public:
  CheckOutput(const Session& session, bool of_all);

  // JSON is held back until it is whole: an error on the way prints nothing else. Errors: kIo.
  [[nodiscard]] zonestore::Result<void> begin();
  void expect(std::uint64_t institutions) { expected_ = institutions; }
  void warn(const std::string& warning);                              // shown at the end
  void lacks_resolver(const std::vector<probe::Address>& resolvers);  // so that no domain could be looked at
  void waits(std::uint64_t institutions, std::chrono::seconds left);  // for a second look
  void was_stopped(std::uint64_t left_in_doubt);                      // before it was through
  void add_servers(const zonestore::ExpectedZone& zone, const std::vector<zonestore::ServerEvidence>& evidence);
  void add(const probe::Report& report);
  [[nodiscard]] zonestore::Result<void> finish();

  [[nodiscard]] bool needs_attention() const { return needs_attention_; }

 private:
  void write_servers(const zonestore::ExpectedZone& zone, const std::vector<zonestore::ServerEvidence>& evidence);
  void write_finding(const probe::Finding& finding);
  void write_verdict(zonestore::Verdict verdict, probe::Severity severity, const std::string& what);
  void count(const probe::Report& report);
  void write_totals();
  void write_end();
  void show_progress();
  void clear_progress();

  const Session& session_;
  struct Total {
    std::uint64_t institutions = 0;
    std::uint64_t findings = 0;
    std::string example{};  // the first institution's code
  };
  [[nodiscard]] Json totals_json() const;

  bool of_all_;
  std::uint64_t expected_ = 0;
  std::uint64_t looked_at_ = 0;
  std::uint64_t at_fault_ = 0;
  bool needs_attention_ = false;
  bool is_all_seen_ = true;
  bool was_stopped_ = false;
  std::map<zonestore::Verdict, Total> totals_;  // ok aside
  bool shows_progress_ = false;
  std::vector<std::string> warnings_;
  Json servers_ = Json::array();
  std::optional<Spool> spool_;    // with --json
  std::optional<JsonList> list_;  // into it
};

}  // namespace zonectl
