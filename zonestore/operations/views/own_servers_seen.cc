#include "zonestore/operations/views/own_servers_seen.h"

#include <algorithm>

namespace zonestore {
namespace {

using ServerState = OwnServerSeen::State;

bool answered(Verdict verdict) {
  return verdict != Verdict::kUnreachable;
}

bool serves(const ServerEvidence& each) {
  return each.serial.has_value();
}

std::string name_of(const std::string& server) {
  const std::string_view name = server_name(server);
  return name.empty() ? server : std::string(name);
}

class ZoneJudge {
 public:
  ZoneJudge(const ZoneLook& look, const std::vector<ServerEvidenceView>& before) : look_(look), before_(before) {}

  void judge(std::vector<OwnServerSeen>& seen) const {
    for (const ServerEvidence& each : look_.now) {
      seen.push_back({look_.zone, each.server, state_of(each), each.serial, look_.stored, each.detail});
    }
    if (std::any_of(look_.now.begin(), look_.now.end(),
                    [](const ServerEvidence& each) { return server_name(each.server).empty(); })) {
      return;  // the caller named the servers, in place of those of the zone
    }
    for (const Name& name : look_.named) {
      const std::string text = name.lowered().to_text_no_dot();
      if (std::none_of(look_.now.begin(), look_.now.end(),
                       [&text](const ServerEvidence& each) { return server_name(each.server) == text; })) {
        seen.push_back(
            {look_.zone, text, ServerState::kNeverAnswered, std::nullopt, look_.stored, "no address was found"});
      }
    }
  }

 private:
  [[nodiscard]] ServerState state_of(const ServerEvidence& now) const {
    if (now.serial && is_before(look_.stored, *now.serial)) {
      return ServerState::kAhead;
    }
    if (now.verdict == Verdict::kLagging) {
      return ServerState::kBehind;
    }
    if (serves(now)) {
      return ServerState::kFollows;
    }
    if (!was_seen(now)) {
      return ServerState::kNeverAnswered;
    }
    return answered(now.verdict) ? ServerState::kLame : ServerState::kSilent;
  }

  // At this address; or by this name at any, if no address of it serves now: then it has moved, and is gone.
  [[nodiscard]] bool was_seen(const ServerEvidence& now) const {
    const std::string name = name_of(now.server);
    const bool is_served_elsewhere =
        std::any_of(look_.now.begin(), look_.now.end(),
                    [&name](const ServerEvidence& other) { return name_of(other.server) == name && serves(other); });
    return std::any_of(before_.begin(), before_.end(), [&](const ServerEvidenceView& each) {
      return each.zone == look_.zone && serves(each) &&
             (each.server == now.server || (!is_served_elsewhere && name_of(each.server) == name));
    });
  }

  const ZoneLook& look_;
  const std::vector<ServerEvidenceView>& before_;
};

}  // namespace

std::string_view to_text(ServerState state) {
  switch (state) {
    case ServerState::kFollows:
      return "follows";
    case ServerState::kBehind:
      return "behind";
    case ServerState::kAhead:
      return "ahead";
    case ServerState::kSilent:
      return "silent";
    case ServerState::kLame:
      return "lame";
    case ServerState::kNeverAnswered:
      return "never-answered";
  }
  return {};
}

OwnServersSeen judge_own_servers(const std::vector<ZoneLook>& looks, const std::vector<ServerEvidenceView>& before) {
  OwnServersSeen result;
  result.asked = true;
  result.none_to_ask = std::all_of(looks.begin(), looks.end(), [](const ZoneLook& look) { return look.now.empty(); });
  for (const ZoneLook& look : looks) {
    ZoneJudge(look, before).judge(result.seen);
  }
  return result;
}

}  // namespace zonestore
