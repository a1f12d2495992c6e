// Institutions as signers see them, some of them at a time; and what was found in signers' directories.
#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/signer_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore::rows {
namespace {

// A file that many have changed makes a line each; more tell nobody more.
constexpr std::int64_t kMostFindings = 50;

signer::Signing read_signing(db::Connection& connection, const std::string& code) {
  signer::Signing signing;
  signing.code = code;
  signing.selectors = read_customer_selectors(connection);
  db::Statement& slots = connection.cached(
      "SELECT i.active_slot, s.slot, s.key_id FROM institution AS i JOIN slot AS s USING (institution_id) "
      "WHERE i.code = ?1 AND i.phase <> 'departed' ORDER BY s.slot");
  slots.bind(1, std::string_view(code));
  while (slots.step()) {
    if (!slots.is_null(0)) {
      signing.active = static_cast<dkim::SlotId>(slots.integer(0));
    }
    if (!slots.is_null(2)) {
      signing.keys.push_back({static_cast<dkim::SlotId>(slots.integer(1)), slots.text(2)});
    }
  }
  slots.reset();
  db::Statement& domains = connection.cached(
      "SELECT d.name FROM domain AS d JOIN institution AS i USING (institution_id) "
      "WHERE i.code = ?1 AND i.phase <> 'departed' ORDER BY d.name");
  domains.bind(1, std::string_view(code));
  while (domains.step()) {
    signing.domains.push_back(db::unwrap(Name::from_wire(domains.blob(0))).to_text_no_dot());
  }
  domains.reset();
  return signing;
}

std::vector<std::string> texts(db::Statement& rows) {
  std::vector<std::string> texts;
  while (rows.step()) {
    texts.push_back(rows.text(0));
  }
  rows.reset();
  return texts;
}

}  // namespace

std::vector<signer::Signing> read_signings(db::Connection& connection, const std::vector<std::string>& codes) {
  std::vector<signer::Signing> signings;
  signings.reserve(codes.size());
  for (const std::string& code : codes) {
    signings.push_back(read_signing(connection, code));
  }
  return signings;
}

std::vector<std::string> codes_of_signings(db::Connection& connection) {
  return texts(connection.cached("SELECT code FROM institution WHERE phase <> 'departed' ORDER BY code"));
}

std::vector<std::string> codes_after(db::Connection& connection, const std::string& code, std::int64_t count) {
  db::Statement& rows = connection.cached(
      "SELECT code FROM institution WHERE code > ?1 AND phase <> 'departed' ORDER BY code LIMIT ?2");
  std::vector<std::string> codes = texts(rows.bind(1, std::string_view(code)).bind(2, count));
  const std::int64_t left = count - static_cast<std::int64_t>(codes.size());
  if (left > 0 && !code.empty()) {
    db::Statement& first = connection.cached(
        "SELECT code FROM institution WHERE code <= ?1 AND phase <> 'departed' ORDER BY code LIMIT ?2");
    for (std::string& each : texts(first.bind(1, std::string_view(code)).bind(2, left))) {
      codes.push_back(std::move(each));
    }
  }
  return codes;
}

std::int64_t count_signings(db::Connection& connection) {
  return connection.integer("SELECT count(*) FROM institution");
}

std::vector<std::string> codes_with_keys_of(db::Connection& connection, crypto::Algorithm algorithm) {
  db::Statement& rows = connection.cached(
      "SELECT DISTINCT i.code FROM institution AS i JOIN slot AS s USING (institution_id) "
      "JOIN dkim_key AS k ON k.key_id = s.key_id WHERE k.algorithm = ?1 AND i.phase <> 'departed' ORDER BY i.code");
  return texts(rows.bind(1, crypto::to_text(algorithm)));
}

std::vector<std::string> keys_ever(db::Connection& connection, const std::string& code) {
  db::Statement& rows = connection.cached(
      "SELECT k.key_id FROM dkim_key AS k JOIN institution AS i USING (institution_id) WHERE i.code = ?1");
  return texts(rows.bind(1, std::string_view(code)));
}

std::vector<SignerFinding> read_findings(db::Connection& connection, SignerId signer) {
  db::Statement& rows = connection.cached(
      "SELECT path, what, needs_attention, found_ms FROM signer_finding WHERE signer_id = ?1 ORDER BY path");
  rows.bind(1, to_column(signer));
  std::vector<SignerFinding> findings;
  while (rows.step()) {
    findings.push_back({rows.text(0), rows.text(1), rows.integer(2) != 0, wall_column(rows, 3)});
  }
  rows.reset();
  return findings;
}

void add_findings(db::Connection& connection, SignerId signer, const std::vector<SignerFinding>& findings,
                  WallTime now) {
  db::Statement& insert = connection.cached(
      "INSERT OR REPLACE INTO signer_finding (signer_id, path, what, needs_attention, found_ms) "
      "SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM signer_finding WHERE signer_id = ?1) < ?6");
  for (const SignerFinding& finding : findings) {
    insert.bind(1, to_column(signer)).bind(2, std::string_view(finding.path));
    insert.bind(3, std::string_view(finding.what)).bind(4, std::int64_t{finding.needs_attention});
    insert.bind(5, to_column(now)).bind(6, kMostFindings);
    insert.run();
  }
}

void clear_findings(db::Connection& connection, SignerId signer) {
  connection.cached("DELETE FROM signer_finding WHERE signer_id = ?1").bind(1, to_column(signer)).run();
}

}  // namespace zonestore::rows
