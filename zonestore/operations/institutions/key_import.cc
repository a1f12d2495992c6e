#include "zonestore/operations/institutions/key_import.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/file_text.h"
#include "zonestore/dkim/algorithm.h"
#include "zonestore/operations/change/key_identity.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/institutions/new_institution.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/view_from_rows.h"

namespace zonestore {
namespace {

constexpr std::size_t kMostPemBytes = 64 * 1024;

using rows::InstitutionRow;

bool is_there(const std::optional<InstitutionRow>& row) {
  return row && (row->facts.phase == dkim::Phase::kSigning || row->facts.phase == dkim::Phase::kStarting);
}

std::optional<dkim::SlotId> slot_of(const InstitutionRow& row, ByteView public_spki) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    if (row.key(slot) && std::equal(public_spki.begin(), public_spki.end(), row.key(slot)->public_spki.begin(),
                                    row.key(slot)->public_spki.end())) {
      return slot;
    }
  }
  return std::nullopt;
}

void warn_about_others(db::Connection& connection, const dkim::Code& code, ByteView public_spki, Changed& outcome) {
  for (const KeyHolder& place : places_of_key(connection, public_spki)) {
    if (place.code != code.text()) {
      outcome.warnings.push_back(place.text() +
                                 " holds the same private key: who can sign for one can sign for both");
    }
  }
}

Error not_ripe(const dkim::Code& code) {
  return {ErrorCode::kRefused,
          "resolvers may still hold what the names of " + code.text() + " served before: its key cannot sign at once",
          "import it without --active, and zonectl rotate " + code.text() + " once it is ripe",
          Refusal{Guard::kNotRipe, std::nullopt}};
}

// ---- a new institution ----

std::vector<dkim::SlotId> assign_slots(std::vector<SuppliedKey>& keys, dkim::SlotId first) {
  std::vector<dkim::SlotId> taken;
  for (SuppliedKey& key : keys) {
    const dkim::SlotId free = taken.empty() ? first : dkim::other(taken.front());
    key.slot = key.slot.value_or(free);
    if (taken.size() == dkim::kSlots.size() || std::find(taken.begin(), taken.end(), *key.slot) != taken.end()) {
      throw db::Failure(Error{ErrorCode::kInvalid, "two keys for " + dkim::to_text(*key.slot),
                              "give each a slot of its own", std::nullopt});
    }
    taken.push_back(*key.slot);
  }
  return taken;
}

void import_new(Store& store, const ChangeContext& context, const dkim::Code& code, std::vector<SuppliedKey> keys,
                const ImportOptions& options, KeysImported& outcome) {
  Store::Impl& impl = store.impl();
  NewInstitution details{"import", "", {keys.front().key.algorithm(), options.domains}, {}};
  check_addable(impl, code, details.options);
  outcome.is_new = true;
  outcome.slots = assign_slots(keys, options.signs_with.value_or(dkim::SlotId::kSel1));
  details.signs_with = options.signs_with.value_or(dkim::SlotId::kSel1);
  std::vector<dkim::SlotId> empty;
  for (const dkim::SlotId slot : dkim::kSlots) {
    if (std::find(outcome.slots.begin(), outcome.slots.end(), slot) == outcome.slots.end()) {
      empty.push_back(slot);
    } else {
      details.what += (details.what.empty() ? "imported into " : " and ") + dkim::to_text(slot);
    }
  }
  FreshKeys made(impl, context, code, details.options.algorithm, empty);
  for (SuppliedKey& key : keys) {
    made.supply(code, *key.slot, std::move(key.key));
  }
  add_with_keys(store, context, code, details, made, outcome);
}

// ---- one that is there ----

void import_into(Store& store, const ChangeContext& context, const dkim::Code& code, FreshKeys& made,
                 KeysImported& outcome, std::vector<std::string>& withdrawn) {
  const dkim::SlotId slot = outcome.slots.front();
  ChangeScope change(store, context, "import", code.text());
  InstitutionRow row = change.institution(code);
  const dkim::LifecyclePolicy policy = rows::read_policy(change.connection(), row.id);
  db::unwrap(dkim::may_prepare(row.facts, slot, policy, change.now(), {code.text(), std::nullopt, std::nullopt}));
  const AuditValue before = audit_state(row, policy, change.now());
  withdraw(change.connection(), row, slot, change.wall(), withdrawn);
  made.put_into(change.connection(), row, change.wall());
  rows::store_facts(change.connection(), row, change.wall());
  change.publish(row);
  row = *rows::find_institution(change.connection(), code);  // with what the name has served until now
  outcome.institution = institution_view(change.connection(), store.dkim_zone(), row, change.now());
  change.finish({dkim::to_text(slot) + ": key " + row.key(slot)->key_id + " imported and published", before,
                 audit_state(row, policy, change.now())},
                outcome);
}

void import_existing(Store& store, const ChangeContext& context, const dkim::Code& code, SuppliedKey key,
                     KeysImported& outcome) {
  Store::Impl& impl = store.impl();
  {
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const InstitutionRow row = require_expected(impl.connection, code, context);
    outcome.slots = {key.slot.value_or(dkim::slot_to_prepare(row.facts, impl.now()))};
    db::unwrap(dkim::may_prepare(row.facts, outcome.slots.front(), rows::read_policy(impl.connection, row.id),
                                 impl.now(), {code.text(), std::nullopt, std::nullopt}));
  }
  FreshKeys made(impl, context, code, key.key.algorithm(), {});
  made.supply(code, outcome.slots.front(), std::move(key.key));
  if (!context.dry_run) {
    made.store_in_vault(impl.clock->now().wall);
  }
  std::vector<std::string> withdrawn;
  import_into(store, context, code, made, outcome, withdrawn);
  if (!context.dry_run) {
    made.keep();
  }
  (void)destroy_in_vault(impl, context, withdrawn, outcome);
  follow_once(store, context, code, outcome);
}

// The slots that hold all of these keys already; empty if they do not.
std::vector<dkim::SlotId> held_already(const InstitutionRow& row, const std::vector<Bytes>& public_keys) {
  std::vector<dkim::SlotId> slots;
  for (const Bytes& public_key : public_keys) {
    if (const auto slot = slot_of(row, public_key)) {
      slots.push_back(*slot);
    }
  }
  return slots.size() == public_keys.size() ? slots : std::vector<dkim::SlotId>{};
}

struct Before {
  bool was_known = false;  // the code, in this life or an earlier one
  bool is_there = false;
  std::vector<dkim::SlotId> held;
  InstitutionView view;
};

Before look(Store& store, const dkim::Code& code, const std::vector<Bytes>& public_keys, Changed& outcome) {
  Store::Impl& impl = store.impl();
  const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
  for (const Bytes& public_key : public_keys) {
    check_not_revoked(impl.connection, public_key, code.text());
    warn_about_others(impl.connection, code, public_key, outcome);
  }
  Before before;
  const std::optional<InstitutionRow> row = rows::find_institution(impl.connection, code);
  before.was_known = row.has_value();
  before.is_there = is_there(row);
  if (before.is_there) {
    before.held = held_already(*row, public_keys);
    before.view = institution_view(impl.connection, store.dkim_zone(), *row, impl.now());
  }
  return before;
}

constexpr std::string_view kWanted = "name the file of one private key: PEM, PKCS #8 or PKCS #1";

}  // namespace

Result<crypto::PrivateKey> read_key_file(const std::filesystem::path& file) {
  // O_NONBLOCK: should it be a pipe, opening it must not hang.
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (opened.is_open() && (::fstat(opened.get(), &status) != 0 || !S_ISREG(status.st_mode))) {
    return fail(ErrorCode::kInvalid, "is not a regular file", std::string(kWanted));
  }
  Bytes content(kMostPemBytes + 1);
  const ssize_t size = opened.is_open() ? ::read(opened.get(), content.data(), content.size()) : -1;
  const int reason = errno;
  const crypto::SecretBytes secret(std::move(content));
  if (size < 0) {
    const ErrorCode code = reason == ENOENT   ? ErrorCode::kMissing
                           : reason == EACCES ? ErrorCode::kPermission
                                              : ErrorCode::kIo;
    return fail(code, std::string("cannot be read: ") + std::strerror(reason));
  }
  if (static_cast<std::size_t>(size) > kMostPemBytes) {
    return fail(ErrorCode::kInvalid, "larger than any key in PEM form", std::string(kWanted));
  }
  const std::string_view text(reinterpret_cast<const char*>(secret.view().data()), static_cast<std::size_t>(size));
  const std::string_view pem = without_byte_order_mark(text);
  return dkim::key_from_pem(secret.view().subspan(text.size() - pem.size(), pem.size()));
}

Result<KeysImported> import_keys(Store& store, const ChangeContext& context, const dkim::Code& code,
                                 std::vector<SuppliedKey> keys, const ImportOptions& options) {
  return db::at_border<KeysImported>([&] {
    const MomentKeeper keeper(store.impl(), context);
    if (keys.empty()) {
      throw db::Failure(Error{ErrorCode::kInvalid, "there is no key for " + code.text(), "", std::nullopt});
    }
    std::vector<Bytes> public_keys;
    for (const SuppliedKey& key : keys) {
      check_key_type(context, code, key.key.algorithm());
      check_signer_kinds(store.impl().connection, context, code, key.key.algorithm());
      public_keys.push_back(db::unwrap(key.key.public_spki()));
    }
    KeysImported outcome;
    outcome.dry_run = context.dry_run;
    const Before before = look(store, code, public_keys, outcome);
    if (!before.held.empty()) {
      outcome.changed = false;
      outcome.slots = before.held;
      outcome.institution = before.view;
      return outcome;
    }
    if (before.was_known && options.signs_with) {
      throw db::Failure(not_ripe(code));
    }
    if (!before.is_there) {
      import_new(store, context, code, std::move(keys), options, outcome);
    } else if (keys.size() > 1) {
      throw db::Failure(Error{ErrorCode::kInvalid, code.text() + " is there already: one key at a time",
                              "zonectl import " + code.text() + " --pem FILE", std::nullopt});
    } else {
      import_existing(store, context, code, std::move(keys.front()), outcome);
    }
    return outcome;
  });
}

}  // namespace zonestore
