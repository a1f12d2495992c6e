// After a change, and before a rotation: do the signers follow?
#include <algorithm>
#include <utility>

#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/store_row.h"
#include "zonestore/signer/key_form.h"

namespace zonestore {
namespace {

constexpr Milliseconds kOneAttempt{30'000};
constexpr Milliseconds kShortestAttempt{1'000};
constexpr Milliseconds kFirstPause{250};
constexpr Milliseconds kLongestPause{10'000};

using CodeTexts = std::set<std::string>;

CodeTexts texts_of(const std::vector<dkim::Code>& codes) {
  CodeTexts texts;
  for (const dkim::Code& code : codes) {
    texts.insert(code.text());
  }
  return texts;
}

struct Open {
  std::vector<rows::SignerRow> enabled;
  std::vector<rows::SignerRow> switched_off;
};

// The signers that have a change of one of these institutions still to follow.
Open open_signers(db::Connection& connection, const CodeTexts& codes) {
  Open open;
  for (rows::SignerRow& signer : rows::read_signers(connection)) {
    const bool has_task = std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
      return rows::has_task(connection, signer.id, code);
    });
    if (has_task) {
      (signer.enabled ? open.enabled : open.switched_off).push_back(std::move(signer));
    }
  }
  return open;
}

// What is wrong with what this signer holds of the institution; empty: nothing.
std::vector<rows::SignerFinding> wrong_at(Store::Impl& store, const rows::SignerRow& signer,
                                          const std::string& code) {
  const std::vector<signer::Signing> signings = rows::read_signings(store.connection, {code});
  std::vector<rows::SignerFinding> differences;
  const Result<void> looked = db::at_border<void>([&] {
    const signer::DirectoryView view(signer.directory);
    differences = differences_of(store, view, signer.format, signings.front());
  });
  if (!looked) {
    differences.push_back({signer.directory, looked.error().message, true, {}});
  }
  return differences;
}

// A file that somebody has taken away or altered is made again.
std::vector<rows::SignerRow> stale_signers(Store& store, const std::string& code) {
  Store::Impl& impl = store.impl();
  std::vector<rows::SignerRow> stale;
  for (rows::SignerRow& signer : rows::read_signers(impl.connection)) {
    if (!signer.enabled) {
      continue;
    }
    const bool has_task = rows::has_task(impl.connection, signer.id, code);
    const std::vector<rows::SignerFinding> wrong =
        has_task ? std::vector<rows::SignerFinding>{} : wrong_at(impl, signer, code);
    if (!has_task && wrong.empty()) {
      continue;
    }
    if (!has_task) {
      const WallTime now = impl.clock->now().wall;
      db::Transaction transaction(impl.connection, db::Transaction::Kind::kWrite);
      rows::insert_task(impl.connection, signer.id, code, now);
      rows::add_findings(impl.connection, signer.id, wrong, now);
      transaction.commit();
    }
    stale.push_back(std::move(signer));
  }
  return stale;
}

// One attempt of each; who has not followed, with why.
std::vector<std::string> attempt(Store& store, const ChangeContext& context, const CodeTexts& codes,
                                 Milliseconds limit) {
  std::vector<std::string> laggards;
  for (const rows::SignerRow& signer : open_signers(store.impl().connection, codes).enabled) {
    const SyncResult result = sync_signer(store, context, signer, {SyncScope::kTasks, codes}, limit);
    if (!result.failure.empty()) {
      laggards.push_back(signer.name + ": " + result.failure);
    }
  }
  return laggards;
}

void warn_of_laggards(Store& store, const ChangeContext& context, const CodeTexts& codes,
                      std::vector<std::string>& warnings) {
  for (const std::string& laggard : attempt(store, context, codes, kOneAttempt)) {
    const std::size_t colon = laggard.find(": ");
    warnings.push_back("signer " + laggard.substr(0, colon) + " has not followed, maintain tries again" +
                       laggard.substr(colon));
  }
  for (const rows::SignerRow& signer : open_signers(store.impl().connection, codes).switched_off) {
    warnings.push_back("signer " + signer.name + " is switched off and does not follow: zonectl signer sync " +
                       signer.name + " --enable");
  }
}

std::vector<std::string> follow_within(Store& store, const ChangeContext& context, const CodeTexts& codes,
                                       Milliseconds limit) {
  const Clock& clock = *store.impl().clock;
  const Milliseconds deadline = clock.now().since_boot + limit;
  Milliseconds pause = kFirstPause;
  for (Milliseconds paused{0};; paused += pause, pause = std::min(2 * pause, kLongestPause)) {
    const Milliseconds left = deadline - clock.now().since_boot;
    std::vector<std::string> laggards = attempt(store, context, codes, std::max(left, kShortestAttempt));
    // What was waited counts even by a clock that stands still.
    if (laggards.empty() || clock.now().since_boot + pause >= deadline || paused + pause >= limit) {
      return laggards;
    }
    clock.pause(pause);
  }
}

// Of each institution the signers among the laggards that have a change of it to follow still.
std::map<std::string, std::vector<std::string>> laggards_by_code(db::Connection& connection,
                                                                 const std::vector<dkim::Code>& codes,
                                                                 const std::vector<std::string>& laggards) {
  std::map<std::string, std::vector<std::string>> by_code;
  for (const dkim::Code& code : codes) {
    for (const rows::SignerRow& signer : open_signers(connection, {code.text()}).enabled) {
      const auto said = std::find_if(laggards.begin(), laggards.end(), [&](const std::string& laggard) {
        return laggard.starts_with(signer.name + ": ");
      });
      by_code[code.text()].push_back(said == laggards.end() ? signer.name + ": has a change to follow" : *said);
    }
  }
  return by_code;
}

}  // namespace

void follow_once(Store& store, const ChangeContext& context, const dkim::Code& code, Changed& outcome) {
  if (!context.signers_later) {
    follow_once(store, context, std::vector<dkim::Code>{code}, outcome.warnings);
  }
}

void follow_once(Store& store, const ChangeContext& context, const std::vector<dkim::Code>& codes,
                 std::vector<std::string>& warnings) {
  if (context.dry_run || codes.empty()) {
    return;
  }
  const Result<void> followed =
      db::at_border<void>([&] { warn_of_laggards(store, context, texts_of(codes), warnings); });
  if (!followed) {
    warnings.push_back("done, but it is not known whether the signers follow (" + followed.error().message +
                       "): maintain makes them, or now: zonectl maintain");
  }
}

Followed follow(Store& store, const ChangeContext& context, const dkim::Code& code) {
  if (context.signers_later) {
    return {};
  }
  FollowedMany many = follow_many(store, context, {code});
  const auto laggards = many.laggards.find(code.text());
  return {laggards == many.laggards.end() ? std::vector<std::string>{} : std::move(laggards->second),
          std::move(many.unknown)};
}

FollowedMany follow_many(Store& store, const ChangeContext& context, const std::vector<dkim::Code>& codes) {
  FollowedMany followed;
  if (context.dry_run) {
    return followed;
  }
  const Result<void> asked = db::at_border<void>([&] {
    db::Connection& connection = store.impl().connection;
    Milliseconds limit{0};
    for (const dkim::Code& code : codes) {
      if (const std::optional<rows::InstitutionRow> row = rows::find_institution(connection, code)) {
        limit = std::max<Milliseconds>(limit, rows::read_policy(connection, row->id).signer_limit);
      }
    }
    const std::vector<std::string> laggards = follow_within(store, context, texts_of(codes), limit);
    if (!laggards.empty()) {
      followed.laggards = laggards_by_code(connection, codes, laggards);
    }
  });
  if (!asked) {
    followed.laggards.clear();
    followed.unknown = asked.error().message;
  }
  return followed;
}

void play_following(Store::Impl& store, const std::vector<dkim::Code>& codes) {
  if (!store.keeps_steps || codes.empty()) {
    return;
  }
  db::Transaction playing(store.connection, db::Transaction::Kind::kWrite);
  for (const rows::SignerRow& signer : rows::read_signers(store.connection)) {
    for (const rows::SignerTask& task : rows::read_tasks(store.connection, signer.id)) {
      const auto same = [&task](const dkim::Code& code) { return code.text() == task.code; };
      if (signer.enabled && std::any_of(codes.begin(), codes.end(), same)) {
        rows::finish_task(store.connection, signer.id, task);
      }
    }
  }
  playing.commit();
}

void prepare_signers(Store& store, const ChangeContext& context, const dkim::Code& code) {
  if (context.dry_run) {
    play_following(store.impl(), {code});
    return;
  }
  const std::optional<rows::InstitutionRow> row = rows::find_institution(store.impl().connection, code);
  if (!row || !row->facts.active) {
    return;
  }
  for (const rows::SignerRow& signer : stale_signers(store, code.text())) {
    // The guard tells whether it helped.
    (void)sync_signer(store, context, signer, {SyncScope::kTasks, CodeTexts{code.text()}}, kOneAttempt);
  }
}

std::vector<StaleSigner> signers_without_keys(ChangeScope& change, const rows::InstitutionRow& row) {
  const std::string& code = row.code.text();
  std::vector<StaleSigner> without;
  for (const rows::SignerRow& signer : rows::read_signers(change.connection())) {
    if (!signer.enabled) {
      continue;
    }
    const bool has_task = rows::has_task(change.connection(), signer.id, code);
    const std::vector<rows::SignerFinding> wrong =
        has_task ? std::vector<rows::SignerFinding>{} : wrong_at(change.store(), signer, code);
    if (!has_task && wrong.empty()) {
      continue;
    }
    without.push_back({signer.name, has_task ? rows::read_backlog(change.connection(), signer.id).failure
                                             : wrong.front().path + " " + wrong.front().what});
  }
  return without;
}

void warn_of_cnames(db::Connection& connection, const rows::InstitutionRow& row, const std::vector<Name>& domains,
                    Changed& outcome) {
  if (!row.facts.active || rows::read_signers(connection).empty()) {
    return;
  }
  const std::string slot = dkim::to_text(*row.facts.active);
  const dkim::CustomerSelectors selectors = rows::read_customer_selectors(connection);
  for (const Name& domain : domains) {
    const std::optional<EvidenceView> seen = rows::find_evidence(connection, row.id, domain, slot);
    if (seen && seen->verdict == Verdict::kOk) {
      continue;
    }
    outcome.warnings.push_back("signers sign the mail of " + domain.to_text_no_dot() + " with " +
                               selectors.of(*row.facts.active) + " from now on, and its CNAME " +
                               (seen ? "was seen wrong (" + seen->detail + ")" : "was not seen to lead here yet") +
                               ": receivers that do not find our key take such mail for forged; zonectl check " +
                               row.code.text());
  }
}

void check_signer_kinds(db::Connection& connection, const ChangeContext& context, const dkim::Code& code,
                        crypto::Algorithm algorithm) {
  if (overridden(context) == Guard::kSignerKind) {
    return;
  }
  for (const rows::SignerRow& signer : rows::read_signers(connection)) {
    if (!signer::can_sign_with(signer.format, algorithm)) {
      throw db::Failure(Error{ErrorCode::kRefused,
                              "signer " + signer.name + " is " + std::string(signer::to_text(signer.format)) +
                                  ", which cannot sign with " + std::string(crypto::to_text(algorithm)) +
                                  ": it would defer all mail of " + code.text(),
                              "give it RSA keys: zonectl add " + code.text() + " --key rsa2048",
                              Refusal{Guard::kSignerKind, std::nullopt}});
    }
  }
}

}  // namespace zonestore
