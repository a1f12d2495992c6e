#include "zonestore/operations/history/store_verify.h"

#include <functional>
#include <set>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/history/audit_chain.h"
#include "zonestore/publish/catalog.h"
#include "zonestore/rows/last_done_rows.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/zone/content_check.h"

namespace zonestore {
namespace {

constexpr std::size_t kMostFaultsTold = 20;

void add_fault(Verified& verified, std::string fault) {
  if (++verified.fault_count <= kMostFaultsTold) {
    verified.faults.push_back(std::move(fault));
  }
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// What SQLite finds damaged on the way is a fault of what was looked at; a store that is busy is nobody's.
Result<Verified> looked_at(const std::string& what, const std::function<void(Verified&)>& look) {
  Verified verified;
  verified.what = what;
  const Result<void> done = db::at_border<void>([&]() -> Result<void> {
    look(verified);
    return {};
  });
  if (!done && done.error().code == ErrorCode::kDamaged) {
    add_fault(verified, done.error().message);
  } else if (!done) {
    return tl::unexpected(done.error());
  }
  return verified;
}

void look_at_file(db::Connection& connection, Verified& verified) {
  const db::Transaction reading(connection, db::Transaction::Kind::kRead);
  verified.told = counted(static_cast<std::uint64_t>(connection.integer("PRAGMA page_count")), "page");
  db::Statement said = connection.prepare("PRAGMA quick_check(20)");
  while (said.step()) {
    if (const std::string line = said.text(0); line != "ok") {
      add_fault(verified, "zone.db: " + line);
    }
  }
}

void look_at_zones(db::Connection& connection, Verified& verified) {
  const db::Transaction reading(connection, db::Transaction::Kind::kRead);
  for (std::string& fault : find_content_faults(connection)) {
    add_fault(verified, std::move(fault));
  }
  for (const PublishedZone& zone : list_zones(connection)) {
    for (std::string& fault :
         zone.is_private ? publish::find_catalog_faults(connection, zone) : std::vector<std::string>()) {
      add_fault(verified, std::move(fault));
    }
  }
  verified.told =
      counted(static_cast<std::uint64_t>(connection.integer("SELECT count(*) FROM zone")), "zone") + ", " +
      counted(static_cast<std::uint64_t>(connection.integer("SELECT count(*) FROM record_set")), "record set");
}

std::set<std::string> keys_in_slots(db::Connection& connection) {
  const db::Transaction reading(connection, db::Transaction::Kind::kRead);
  return rows::keys_in_slots(connection);
}

// The wrapping key lies where this user or this command cannot see it: of the keys nothing can be said.
bool is_closed(ErrorCode code) {
  return code == ErrorCode::kPermission || code == ErrorCode::kReadOnly || code == ErrorCode::kCrypto;
}

void look_at_keys(Store::Impl& store, Verified& verified) {
  const Result<void> opened = db::at_border<void>([&] { (void)store.vault(); });
  const Result<VaultStatus> status = opened ? store.vault().status() : tl::unexpected(opened.error());
  if (!status && is_closed(status.error().code)) {
    verified.not_looked = status.error().message;
    return;
  }
  if (!status) {
    add_fault(verified, status.error().message);
    return;
  }
  if (!status->source) {
    verified.not_looked = status->problem;
    return;
  }
  std::set<std::string> missing = keys_in_slots(store.connection);
  std::uint64_t keys = 0;
  for (const VaultEntry& entry : db::unwrap(store.vault().list())) {
    const Result<crypto::SecretBytes> opens = store.vault().get_pkcs8(entry.key_id);
    if (!opens && opens.error().code == ErrorCode::kBusy) {
      throw db::Failure(opens.error());
    }
    if (!opens && opens.error().code != ErrorCode::kNotFound) {  // it was destroyed meanwhile
      add_fault(verified, opens.error().message);
    }
    missing.erase(entry.key_id);
    ++keys;
  }
  for (const std::string& key : missing) {
    if (rows::is_in_a_slot(store.connection, key) && !db::unwrap(store.vault().holds(key))) {
      add_fault(verified, "the private half of key " + key + ", which a slot holds, is not in the vault");
    }
  }
  verified.told = counted(keys, "private key");
}

void look_at_log(Store& store, Verified& verified) {
  const AuditCheck check = db::unwrap(verify_log(store));
  for (const AuditFault& fault : check.faults) {
    add_fault(verified, "log, row " + std::to_string(fault.id) + ": " + fault.message);
  }
  verified.fault_count = check.fault_count;
  verified.told = counted(check.rows, "row");
}

}  // namespace

Result<Verified> verify_zones(Store& store) {
  return looked_at("zones", [&store](Verified& verified) { look_at_zones(store.impl().connection, verified); });
}

Result<std::vector<Verified>> verify_store(Store& store) {
  Store::Impl& impl = store.impl();
  std::vector<Verified> all;
  for (const auto& look : {
           std::function<Result<Verified>()>([&impl] {
             return looked_at("file", [&impl](Verified& verified) { look_at_file(impl.connection, verified); });
           }),
           std::function<Result<Verified>()>([&store] { return verify_zones(store); }),
           std::function<Result<Verified>()>(
               [&impl] { return looked_at("keys", [&impl](Verified& verified) { look_at_keys(impl, verified); }); }),
           std::function<Result<Verified>()>(
               [&store] { return looked_at("log", [&store](Verified& verified) { look_at_log(store, verified); }); }),
       }) {
    Result<Verified> verified = look();
    if (!verified) {
      return tl::unexpected(verified.error());
    }
    all.push_back(*std::move(verified));
  }
  return all;
}

Result<void> keep_verified(Store& store, const std::vector<Verified>& verified, const std::string& command) {
  return db::at_border<void>([&] {
    Store::Impl& impl = store.impl();
    db::Transaction writing(impl.connection, db::Transaction::Kind::kWrite);
    const WallTime now = impl.clock->now().wall;
    for (const Verified& each : verified) {
      if (each.not_looked.empty()) {
        const std::string more =
            each.fault_count > 1 ? " (and " + std::to_string(each.fault_count - 1) + " more)" : "";
        rows::write_last_done(impl.connection,
                              {each.what, now, command, each.faults.empty() ? "" : each.faults.front() + more});
      }
    }
    writing.commit();
  });
}

}  // namespace zonestore
