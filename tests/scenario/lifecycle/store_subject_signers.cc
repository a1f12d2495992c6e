// Rotations that cannot end well: a private half that is gone, signers that lie, and signers that are late.
#include <filesystem>
#include <fstream>
#include <utility>

#include "tests/scenario/lifecycle/store_subject.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/signers/signers.h"

namespace tests::lifecycle {

// Takes the private half of every key of the institution out of the vault for the time of the command.
Answer StoreSubject::rotate_without_private_key(const Command& command) {
  Store::Impl& impl = store_->impl();
  std::vector<std::pair<std::string, zonestore::crypto::PrivateKey>> taken;
  if (const auto view = zonestore::show_institution(*store_, *code(command))) {
    for (const zonestore::SlotView& slot : view->slots) {
      if (!slot.key_id.empty()) {
        taken.emplace_back(slot.key_id, impl.vault().get(slot.key_id).value());
        zonestore::db::unwrap(impl.vault().destroy({slot.key_id}));
      }
    }
  }
  Answer answer = answer_from(zonestore::rotate(*store_, context(command), *code(command)));
  for (const auto& [key_id, key] : taken) {
    zonestore::db::unwrap(impl.vault().put({{key_id, &key}}, clock_.now().wall));
  }
  return answer;
}

// Enrols a signer that never follows, for the time of the command: its command fails, or it lies, says that it has
// followed and holds nothing of what it was given.
Answer StoreSubject::rotate_with_stale_signer(const Command& command) {
  zonestore::SignerOptions options;
  options.name = "stale";
  options.format = zonestore::signer::Format::kFiles;
  options.directory = (temp_.path() / "signer").string();
  const std::string keys = options.directory + "/" + code(command)->text() + "/sel";
  options.command =
      ++stale_signers_ % 2 == 1 ? "/usr/bin/truncate -c -s 0 " + keys + "1.pem " + keys + "2.pem" : "/bin/false";
  (void)zonestore::db::unwrap(zonestore::add_signer(*store_, context({}), options));
  Answer answer = answer_from(zonestore::rotate(*store_, context(command), *code(command)));
  (void)zonestore::db::unwrap(zonestore::remove_signer(*store_, context({}), options.name, true));
  audit_id_ = newest_audit_id() - answer.changes * (command.dry_run ? 0 : 1);  // its own rows aside
  return answer;
}

// Enrols a signer that follows until then, and has no time to try again, for the time of the command.
Answer StoreSubject::rotate_unfollowed(const Command& command) {
  const std::filesystem::path follows = temp_.path() / "follows";
  std::ofstream(follows).flush();
  zonestore::SignerOptions options;
  options.name = "late";
  options.format = zonestore::signer::Format::kFiles;
  options.directory = (temp_.path() / "late").string();
  options.command = "/usr/bin/test -e " + follows.string();
  (void)zonestore::db::unwrap(zonestore::add_signer(*store_, context({}), options));
  std::filesystem::remove(follows);
  store_->impl().connection.execute("INSERT OR REPLACE INTO policy VALUES (0, 'signer-limit', 0)");
  const auto swapped = zonestore::rotate(*store_, context(command), *code(command));
  Answer answer = answer_from(swapped);
  answer.changes += swapped && !swapped->undone_for.empty() ? 1 : 0;
  (void)zonestore::db::unwrap(zonestore::remove_signer(*store_, context({}), options.name, true));
  audit_id_ = newest_audit_id() - answer.changes * (command.dry_run ? 0 : 1);  // its own rows aside
  return answer;
}

}  // namespace tests::lifecycle
