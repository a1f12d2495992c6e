// A store, its backup, and what a restore of that makes of it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/store_fixture.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/backup/backup.h"
#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/store_impl.h"

namespace zonestore {

class RestoreTest : public tests::StoreFixture {
 protected:
  [[nodiscard]] std::filesystem::path backup_dir() const { return temp_.path() / "backup"; }

  void back_up() {
    const auto made = zonestore::back_up(*store_, backup_dir());
    ASSERT_TRUE(made) << made.error().message;
  }
  Result<Restored> try_restore(RestoreOptions options = {}, bool dry_run = false) {
    if (options.backup.empty()) {
      options.backup = backup_dir();
    }
    store_.reset();
    ChangeContext context = context_;
    context.dry_run = dry_run;
    Result<Restored> done = restore(dir(), options, context, clock_, {});
    auto opened = Store::open(dir(), Store::Access::kWrite, clock_);
    if (opened) {
      store_.emplace(std::move(*opened));
    }
    return done;
  }
  // As an admin who says that the backup may be anybody's.
  Result<Restored> try_restore_foreign(const RestoreOptions& options = {}) {
    const ChangeContext before = context_;
    context_ = overriding(Guard::kForeignBackup);
    Result<Restored> done = try_restore(options);
    context_ = before;
    return done;
  }
  Restored restore_backup() {
    Result<Restored> done = try_restore();
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : Restored{};
  }
  void rotate(const std::string& text) {
    const auto done = zonestore::rotate(*store_, context_, code(text), {});
    ASSERT_TRUE(done) << done.error().message;
  }
  void rotate_unripe(const std::string& text) {
    const auto done = zonestore::rotate(*store_, overriding(Guard::kNotRipe), code(text), {});
    ASSERT_TRUE(done) << done.error().message;
  }
  std::optional<Guard> rotate_refusal(const std::string& text) {
    return tests::refusal_of(zonestore::rotate(*store_, context_, code(text), {}));
  }
  std::uint32_t serial() { return list_zones(store_->impl().connection).front().serial.value; }
  // As `revoke` leaves the key's row; the rest of what it does is not looked at by a restore.
  void mark_revoked(const std::string& text, dkim::SlotId slot) {
    store_->impl().connection.execute(
        "UPDATE dkim_key SET revoked_ms = 1 WHERE key_id = (SELECT key_id FROM slot JOIN institution USING "
        "(institution_id) WHERE code = '" +
        text + "' AND slot = " + std::to_string(static_cast<int>(slot)) + ")");
  }
  std::string key_of(const std::string& text, dkim::SlotId slot) {
    return show(text).slots.at(slot == dkim::SlotId::kSel1 ? 0 : 1).key_id;
  }
  bool vault_has(const std::string& key_id) { return store_->impl().vault().get(key_id).has_value(); }
  bool has_note(const Restored& done, const std::string& text, const std::string& what) {
    return std::any_of(done.notes.begin(), done.notes.end(), [&](const RestoreNote& note) {
      return note.code == text && note.what.find(what) != std::string::npos;
    });
  }
  std::string served(const std::string& text, dkim::SlotId slot) {
    return show(text).slots.at(slot == dkim::SlotId::kSel1 ? 0 : 1).record_text;
  }
  // Every key in a slot is in the vault, and every active slot holds one.
  void expect_sound() {
    db::Statement keys = store_->impl().connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
    while (keys.step()) {
      EXPECT_TRUE(vault_has(keys.text(0))) << keys.text(0);
    }
    EXPECT_EQ(store_->impl().connection.integer("SELECT count(*) FROM pragma_foreign_key_check"), 0);
  }
};

}  // namespace zonestore
