// zonectl policy show|set|unset: durations and the window of rotations by policy, for the store or for one
// institution.
#include "zonestore/operations/policy/policy.h"

#include <algorithm>
#include <chrono>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/progress.h"
#include "tools/zonectl/text/table.h"

namespace zonectl::policy {
namespace {

using zonestore::PolicyValue;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::vector<std::string> words;  // KEY, and of set VALUE
  ChangeOptions change;

  [[nodiscard]] const std::string& key() const { return words.front(); }
  [[nodiscard]] std::optional<std::string> value() const {
    return words.size() > 1 ? std::optional(words[1]) : std::nullopt;
  }
};

constexpr std::string_view kKeys = "ttl-active, ttl-other, slack, drain, every, jitter, window or signer-limit";

constexpr const char* kWhose = "for this institution alone, not for the whole store: its code, or how it is found";

void show_arguments(Arguments& arguments, Options& options) {
  arguments.operators().institution(options.code, Need::kOptional, kWhose);
}

void set_arguments(Arguments& arguments, Options& options) {
  arguments.institution_before(
      options.code, kWhose, options.words,
      {{"KEY", std::string(kKeys)},
       {"VALUE",
        "a duration: 10m, 7d, 3600 (seconds); off for every; a window: always, \"Tue 09:00-11:00 Europe/Zurich\""}});
  arguments.institution_change(options.change, {zonestore::Guard::kPolicyFloor});
}

void unset_arguments(Arguments& arguments, Options& options) {
  arguments.institution_before(options.code, kWhose, options.words, {{"KEY", std::string(kKeys)}});
  arguments.institution_change(options.change, {zonestore::Guard::kPolicyFloor});
}

std::string_view origin_text(PolicyValue::From from) {
  switch (from) {
    case PolicyValue::From::kDefault:
      return "default";
    case PolicyValue::From::kStore:
      return "set for the store";
    case PolicyValue::From::kInstitution:
      return "set for the institution";
  }
  return {};
}

void write(const Session& session, const std::vector<PolicyValue>& policy) {
  Table table(session.out(), session.terminal(), {"KEY", "VALUE", "DEFAULT", "FROM"});
  for (const PolicyValue& each : policy) {
    const bool is_default = each.from == PolicyValue::From::kDefault;
    table.add({{each.key, Style::kBold},
               {printable(each.value.text)},
               {each.by_default.text},
               {std::string(origin_text(each.from)), is_default ? Style::kDim : Style::kPlain}});
  }
  table.finish();
}

Json policy_json(const Options& options, const std::vector<PolicyValue>& policy) {
  return Json{{"institution", json_or_null(options.code, [](const auto& code) { return code.text(); })},
              {"policy", json_array(policy)}};
}

Result<ExitCode> show(Session& session, const Options& options) {
  const auto operation = [&](zonestore::Store& store) { return show_policy(store, options.code); };
  const auto in_json = [&](const std::vector<PolicyValue>& policy) { return policy_json(options, policy); };
  return session.tell(session.read(operation), in_json, write);
}

// How far the published TTLs have followed; drawn from the second slice on.
class Following {
 public:
  explicit Following(const Session& session) : session_(session) {}

  void show(std::uint64_t behind) {
    const auto now = std::chrono::steady_clock::now();
    if (!progress_) {
      total_ = behind;
      progress_.emplace(session_.err(), session_.err_terminal(), "publishing TTLs", total_, now);
    }
    progress_->show(total_ - std::min<std::uint64_t>(behind, total_), 0, now);
  }
  void finish() {
    if (progress_) {
      progress_->finish();
    }
  }

 private:
  const Session& session_;
  std::uint64_t total_ = 0;
  std::optional<Progress> progress_;
};

Json to_json(const Options& options, const zonestore::PolicyChanged& changed) {
  Json json = changed_json(changed);
  json.update(policy_json(options, changed.policy));
  json["behind"] = changed.behind;
  return json;
}

void write_changed(const Session& session, const Options& options, const zonestore::PolicyChanged& changed) {
  std::ostream& out = session.out();
  if (!changed.changed) {
    out << "nothing to do: it is so already\n";
  } else {
    out << options.key()
        << (options.value() ? verb(changed, " set", " would be set") : verb(changed, " unset", " would be unset"))
        << " for " << (options.code ? options.code->text() : "the store") << serials_text(changed) << '\n';
  }
  write(session, changed.policy);
  write_end(out, session.terminal(), changed);
}

// Also unset: then `value` is absent.
Result<ExitCode> set(Session& session, const Options& options) {
  if (options.words.empty()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "KEY is required", "one of " + std::string(kKeys));
  }
  if (const Result<void> good = zonestore::check_policy_form(options.key(), options.value()); !good) {
    return tl::unexpected(good.error());
  }
  if (const auto refused = options.code
                               ? Result<void>{}
                               : refuse_expect(options.change, "it is for an institution, not for the whole store");
      !refused) {
    return tl::unexpected(refused.error());
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    Following following(session);
    auto changed = set_policy(store, context, options.code, options.key(), options.value(),
                              [&](std::uint64_t behind) { following.show(behind); });
    following.finish();
    return changed;
  };
  return session.tell(
      session.change(options.change, operation), [&](const auto& changed) { return to_json(options, changed); },
      [&](const Session& told, const auto& changed) { write_changed(told, options, changed); });
}

}  // namespace

void define(CommandLine& line) {
  CommandLine policy = line.noun("policy", "durations and windows of the key lifecycle: show, set, unset");
  const ExitNote not_found{ExitCode::kNotFound, "no such institution"};
  const ExitNote refused{ExitCode::kRefused,
                         "refused: E_EXPECT; E_POLICY_FLOOR, a drain below 96h, a slack below 1m, or rotations more "
                         "often than they can be done"};
  policy.command<Options>(
      {"show", "show what is in force, for the store or for one institution",
       "zonectl policy show\nzonectl policy show mosa", exits_of_reading({not_found}), For::kOperators},
      show_arguments, show);
  policy.command<Options>({"set",
                           "set one; published TTLs follow at once, of very many institutions step by step (maintain "
                           "ends what was killed); waits that have begun keep their length, or take the longer one",
                           "zonectl policy set ttl-active 2h\nzonectl policy set every 90d\n"
                           "zonectl policy set mosa every off\n"
                           "zonectl policy set window \"Tue 09:00-11:00 Europe/Zurich\"",
                           exits_of_change({refused, not_found})},
                          set_arguments, set);
  policy.command<Options>({"unset", "go back to the store's value, or for the store to the default",
                           "zonectl policy unset mosa ttl-active", exits_of_change({refused, not_found})},
                          unset_arguments, set);
}

}  // namespace zonectl::policy
