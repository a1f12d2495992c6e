// Since when and until when each server was seen with each serial (table server_serial), and all that is known of how
// a zone's changes reach its servers.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/propagation.h"
#include "zonestore/rows/secondary_rows.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

// A server as its rows name it: a name server as in server_evidence, a secondary by its life.
struct ServerKey {
  std::string server;
  std::optional<SecondaryId> secondary{};
};
[[nodiscard]] ServerKey key_of(SecondaryId secondary);  // "#7"
// The life that such a text names; nullopt: it is a name server's.
[[nodiscard]] std::optional<SecondaryId> secondary_of(const std::string& server);

// A look saw it with that serial. `now` is the moment of the transaction that keeps the look: waits begin with it. An
// older serial than before: it went back, and what was seen after that serial is forgotten. A later one than the
// store's: it has content of another history, and is kept as one that is before all of this store's.
void keep_server_serial(db::Connection& connection, ZoneId zone, const ServerKey& key, Serial answered,
                        const Moment& now);
[[nodiscard]] std::vector<dkim::SerialSeen> read_server_serials(db::Connection& connection, ZoneId zone,
                                                                const std::string& server);
void forget_server_serials(db::Connection& connection, SecondaryId secondary);
// Of name servers of that zone: of one that is none any more, or of a name all of whose addresses begin anew.
void forget_server_serials(db::Connection& connection, ZoneId zone, const std::string& server);

// All servers of the zone: its name servers as they were seen, each name that was never seen, and every life of a
// secondary of it that a content may wait for.
[[nodiscard]] dkim::Propagation read_propagation(db::Connection& connection, ZoneId zone);
// Longer than any server answers without having asked (SOA expire): what ended, or was seen last, before that is
// waited for by nobody.
inline constexpr Milliseconds kLongestPropagation = std::chrono::hours(40 * 24);

// False: there is no life of a secondary at all, so that nothing waits for anybody.
[[nodiscard]] bool has_secondaries(db::Connection& connection);
// Is one enrolled for that zone now?
[[nodiscard]] bool has_enrolled_secondary(db::Connection& connection, ZoneId zone);

// How long after a change every server of the zone has asked for it, if none fails; 0: nobody follows by transfer.
[[nodiscard]] Milliseconds follows_within(db::Connection& connection, ZoneId zone, const Moment& now);

// What servers may still answer with of a zone's contents that have ended, read once for many of them; nothing is
// read where nobody follows. For one transaction, or one read of it.
class ServerWaits {
 public:
  // nullopt: the zone of the keys.
  explicit ServerWaits(db::Connection& connection, std::optional<ZoneId> zone = std::nullopt)
      : connection_(connection), zone_(zone) {}

  // As of dkim::waits_of.
  [[nodiscard]] std::vector<dkim::ServerWait> waits_of(const Moment& ended,
                                                       const std::optional<Serial>& ended_serial);

 private:
  [[nodiscard]] bool is_long_past(const Moment& ended);

  db::Connection& connection_;
  std::optional<ZoneId> zone_;
  std::optional<bool> any_;
  std::optional<dkim::Propagation> propagation_;
};

// Column `ended_serial` of what has ended: the serial of the change that ended it.
inline constexpr std::int64_t kSerialNotYetKnown = -1;  // as long as the change at work has none
// nullopt: not known, or not yet.
[[nodiscard]] std::optional<Serial> ended_serial_column(const db::Statement& row, int column);

}  // namespace zonestore::rows
