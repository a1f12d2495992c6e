#include "zonestore/operations/evidence_rules.h"

#include <utility>

#include "zonestore/operations/evidence.h"
#include "zonestore/publish/moment_columns.h"

namespace zonestore {
namespace {

// What evidence says of one slot: the first refusal that is not lifted, and the warnings.
struct Judgement {
  std::optional<Error> refusal;
  std::vector<std::string> warnings;
};

struct Question {
  const Name& dkim_zone;
  const publish::InstitutionRow& institution;
  dkim::SlotId to;
  const Now& now;
  std::optional<Guard> lifted;
};

bool is_fresh(WallTime seen, const Now& now) {
  return now.moment.wall - seen <= kEvidenceIsFresh;
}

Error refusal(const Question& asked, Guard guard, const std::string& message, const std::string& remedy) {
  const std::string code = asked.institution.code.text();
  const std::string override_hint =
      " or zonectl rotate " + code + " --override " + std::string(guard_code(guard)) + " --reason \"...\"";
  return Error{ErrorCode::kRefused, message, remedy + "; then zonectl check " + code + ";" + override_hint,
               Refusal{guard, std::nullopt}};
}

void add_refusal(Judgement& judgement, const Question& asked, Error error) {
  if (asked.lifted != error.refusal->guard && !judgement.refusal) {
    judgement.refusal = std::move(error);
  }
}

std::string customer_line(const Question& asked, const Name& domain) {
  return db::unwrap(dkim::customer_name(asked.to, domain)).to_text() + " 3600 IN CNAME " +
         db::unwrap(dkim::selector_name(asked.institution.code, asked.to, asked.dkim_zone)).to_text();
}

const EvidenceView* find(const std::vector<EvidenceView>& evidence, const std::optional<Name>& domain,
                         const std::string& subject) {
  for (const EvidenceView& each : evidence) {
    if (each.domain == domain && each.subject == subject) {
      return &each;
    }
  }
  return nullptr;
}

void judge_cname(Judgement& judgement, const Question& asked, const std::vector<EvidenceView>& evidence,
                 const Name& domain, std::string& unseen) {
  const EvidenceView* const seen = find(evidence, domain, dkim::to_text(asked.to));
  if (seen == nullptr || !is_fresh(seen->seen, asked.now)) {
    unseen += (unseen.empty() ? "" : ", ") + domain.to_text_no_dot();
    return;
  }
  const std::string at = " (seen " + to_rfc3339(seen->seen) + ")";
  if (const std::optional<Guard> guard = cname_guard(seen->verdict)) {
    add_refusal(judgement, asked,
                refusal(asked, *guard, seen->detail + at, "have it published: " + customer_line(asked, domain)));
  } else if (!is_settled(seen->verdict)) {
    judgement.warnings.push_back(seen->detail + at);
  }
}

// Our own servers, as they were seen when this institution was looked at, since its key was published.
void judge_own_side(Judgement& judgement, const Question& asked, const std::vector<EvidenceView>& evidence,
                    WallTime published) {
  const EvidenceView* const seen = find(evidence, std::nullopt, dkim::to_text(asked.to));
  if (seen != nullptr && seen->verdict == Verdict::kLagging && seen->seen >= published &&
      is_fresh(seen->seen, asked.now)) {
    add_refusal(judgement, asked,
                refusal(asked, Guard::kNsLag, seen->detail + " (seen " + to_rfc3339(seen->seen) + ")",
                        "see that every name server follows"));
  }
}

// The serial that brought the key: the journal's, else what it was at least, since a serial is never before the
// clock.
Serial serial_of_publication(db::Connection& connection, WallTime published) {
  db::Statement& row = connection.cached(
      "SELECT serial_after FROM journal_change WHERE zone_id = (SELECT dkim_zone_id FROM store) AND at_ms = ?1 "
      "ORDER BY change_id DESC LIMIT 1");
  row.bind(1, publish::to_column(published));
  const auto clock = std::chrono::duration_cast<Seconds>(published.time_since_epoch()).count();
  const Serial serial{static_cast<std::uint32_t>(row.step() ? row.integer(0) : clock)};
  row.reset();
  return serial;
}

struct Lagging {
  std::string server;
  Serial serial;
  WallTime seen;
};

std::vector<Lagging> lagging_since(db::Connection& connection, WallTime since) {
  db::Statement& rows = connection.cached(
      "SELECT e.server, e.serial, e.seen_ms FROM server_evidence AS e JOIN store AS s ON s.dkim_zone_id = e.zone_id "
      "WHERE e.verdict = 'lagging' AND e.serial IS NOT NULL AND e.seen_ms >= ?1 ORDER BY e.server");
  rows.bind(1, publish::to_column(since));
  std::vector<Lagging> lagging;
  while (rows.step()) {
    lagging.push_back(
        {rows.text(0), Serial{static_cast<std::uint32_t>(rows.integer(1))}, publish::wall_column(rows, 2)});
  }
  rows.reset();
  return lagging;
}

// And as they were seen at any look.
void judge_servers(Judgement& judgement, db::Connection& connection, const Question& asked, WallTime published) {
  for (const Lagging& each : lagging_since(connection, published)) {
    if (is_fresh(each.seen, asked.now) && is_before(each.serial, serial_of_publication(connection, published))) {
      add_refusal(
          judgement, asked,
          refusal(asked, Guard::kNsLag,
                  each.server + " serves serial " + std::to_string(each.serial.value) + ", from before the key of " +
                      dkim::to_text(asked.to) + " (seen " + to_rfc3339(each.seen) + ")",
                  "see that every name server follows"));
    }
  }
}

Judgement judge(db::Connection& connection, const Question& asked) {
  Judgement judgement;
  const std::vector<EvidenceView> evidence = evidence_of(connection, asked.institution.id);
  if (const std::optional<publish::SlotKey>& key = asked.institution.key(asked.to)) {
    judge_own_side(judgement, asked, evidence, key->published);
    judge_servers(judgement, connection, asked, key->published);
  }
  std::string unseen;
  for (const Name& domain : publish::domains_of(connection, asked.institution.id)) {
    judge_cname(judgement, asked, evidence, domain, unseen);
  }
  if (!unseen.empty()) {
    judgement.warnings.push_back("nobody looked in the last 24 h whether the CNAME for " + dkim::to_text(asked.to) +
                                 " is there: " + unseen + "; zonectl check " + asked.institution.code.text());
  }
  return judgement;
}

}  // namespace

void check_evidence(ChangeScope& change, const publish::InstitutionRow& institution, dkim::SlotId to,
                    const std::optional<Guard>& override_guard, Changed& outcome) {
  Judgement judgement =
      judge(change.connection(), {change.store().dkim_zone, institution, to, change.now(), override_guard});
  if (judgement.refusal) {
    throw db::Failure(*std::move(judgement.refusal));
  }
  outcome.warnings.insert(outcome.warnings.end(), judgement.warnings.begin(), judgement.warnings.end());
}

std::optional<Error> evidence_refusal(db::Connection& connection, const Name& dkim_zone,
                                      const publish::InstitutionRow& institution, dkim::SlotId to, const Now& now) {
  return judge(connection, {dkim_zone, institution, to, now, std::nullopt}).refusal;
}

std::vector<EvidenceView> evidence_of(db::Connection& connection, publish::InstitutionId institution) {
  db::Statement& rows = connection.cached(
      "SELECT e.domain, e.subject, e.verdict, e.detail, e.seen_ms FROM evidence AS e WHERE e.institution_id = ?1 AND "
      "(e.domain = x'' OR e.domain IN (SELECT name FROM domain WHERE institution_id = ?1)) "
      "ORDER BY e.domain, e.subject");
  rows.bind(1, static_cast<std::int64_t>(institution));
  std::vector<EvidenceView> evidence;
  while (rows.step()) {
    EvidenceView view;
    if (!rows.blob(0).empty()) {
      view.domain = db::unwrap(Name::from_wire(rows.blob(0)));
    }
    view.subject = rows.text(1);
    view.verdict = parse_verdict(rows.text(2)).value_or(Verdict::kUnreachable);
    view.detail = rows.text(3);
    view.seen = publish::wall_column(rows, 4);
    evidence.push_back(std::move(view));
  }
  rows.reset();
  return evidence;
}

}  // namespace zonestore
