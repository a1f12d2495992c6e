#include "zonestore/judgement/evidence_rules.h"

#include <algorithm>
#include <string_view>

#include "zonestore/base/joined.h"

namespace zonestore {
namespace {

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A server that was not asked this time: it is ours no longer if the zone does not name it, if its name was seen to
// answer at another address, and, named by its address alone, if others were asked in its place and answered.
bool is_gone(const std::string& server, const std::vector<std::string>& asked,
             const std::vector<std::string>& answered, const std::vector<Name>& named) {
  if (has(asked, server)) {
    return false;
  }
  const std::string_view name = server_name(server);
  if (name.empty()) {
    return !answered.empty();
  }
  return !is_named(server, named) || std::any_of(answered.begin(), answered.end(), [name](const std::string& each) {
    return server_name(each) == name;
  });
}

// Who was seen behind stays so, though others were seen to follow meanwhile.
void keep_behind(EvidenceView& now, const EvidenceView& before, const Evidence& evidence,
                 const std::vector<Name>& named) {
  std::vector<std::string> still;
  for (const std::string& server : before.behind) {
    if (!has(evidence.served, server) && !has(now.behind, server) &&
        !is_gone(server, evidence.asked, evidence.served, named)) {
      still.push_back(server);
    }
  }
  if (still.empty()) {
    return;
  }
  now.verdict = Verdict::kLagging;
  now.detail = (now.behind.empty() ? "" : now.detail + "; ") + joined(still, ", ") +
               " served other bytes when it was last seen to answer";
  now.behind.insert(now.behind.end(), still.begin(), still.end());
}

}  // namespace

std::optional<EvidenceView> known_after(const std::optional<EvidenceView>& before, const Evidence& evidence,
                                        const Moment& seen, const std::vector<Name>& named) {
  if (!is_settled(evidence.verdict) && before && is_settled(before->verdict)) {
    return std::nullopt;
  }
  EvidenceView now{evidence.domain, evidence.subject, evidence.verdict, evidence.detail, seen,
                   evidence.key_id, evidence.behind};
  if (before && before->key_id == now.key_id) {
    keep_behind(now, *before, evidence, named);
  }
  return now;
}

bool replaces(const ServerEvidence& evidence, const std::optional<ServerEvidenceView>& before) {
  return is_settled(evidence.verdict) || !before || !is_settled(before->verdict);
}

std::vector<std::string> servers_gone(const std::vector<ServerEvidenceView>& known,
                                      const std::vector<ServerEvidence>& evidence, const std::vector<Name>& named) {
  std::vector<std::string> asked;
  std::vector<std::string> answered;
  for (const ServerEvidence& each : evidence) {
    asked.push_back(each.server);
    if (is_settled(each.verdict)) {
      answered.push_back(each.server);
    }
  }
  std::vector<std::string> gone;
  for (const ServerEvidenceView& each : known) {
    if (is_gone(each.server, asked, answered, named)) {
      gone.push_back(each.server);
    }
  }
  return gone;
}

bool shows_delegation(const Evidence& evidence) {
  return !evidence.domain && (evidence.verdict == Verdict::kOk || evidence.verdict == Verdict::kLagging);
}

}  // namespace zonestore
