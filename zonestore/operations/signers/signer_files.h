// What a sync does with a signer's directory while it holds it. For the sources of this folder only.
// Errors: db::Failure is thrown; what concerns one institution alone makes that one broken, and the others go on.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/rows/signer_rows.h"
#include "zonestore/signer/directory.h"

namespace zonestore {

// Institutions whose files cannot be made as they should be, with why: code -> a line for people.
using BrokenInstitutions = std::map<std::string, std::string>;

class SignerFiles {
 public:
  // Takes the directory's lock. Throws kRefused/kForeign, kBusy, ...
  SignerFiles(Store::Impl& store, const rows::SignerRow& signer, Milliseconds lock_wait, BrokenInstitutions& broken,
              SyncResult& result);

  // Key files, the link of the slot that signs, and the institution's own pointer: each is compared with what it
  // should be. Of those in `settled` whatever differs is told, since nothing had changed there.
  void give(const std::vector<signer::Signing>& signings, const std::set<std::string>& settled);
  // The tables with the lines of before and of now; then the pointer flips. Those in `waiting` keep their lines.
  void point(const std::vector<signer::Signing>& all, const std::set<std::string>& waiting, bool settled);
  // After the signer has followed: the tables without the lines of before.
  void settle_tables();
  // Likewise: links of the other slots, and what is ours and no slot holds any more goes.
  void clear(const std::vector<signer::Signing>& signings);
  // Folders of ours that are of none of these institutions.
  void clear_all_but(const std::set<std::string>& codes);
  // What lies in the directory and is not ours, beside the institutions' folders and in these.
  void name_strangers(const std::vector<signer::Signing>& signings);
  void name_strangers_at_the_top();
  // As if there were no institution; the manifest goes too.
  void purge();

 private:
  void adopt_top();
  void adopt(const signer::Signing& signing);
  void give_keys(const signer::Signing& signing, bool settled);
  void lead_domains(const std::vector<signer::Signing>& signings);
  void drop_domains(const signer::Signing& signing);
  void drop_domain(const std::string& domain);
  void clear_domains(bool all);
  [[nodiscard]] bool is_anybodys(const std::string& domain);
  void point_own(const signer::Signing& signing);
  void clear_folder(const signer::Signing& signing);
  void tell_difference(const std::string& file, ByteView content);
  void name_strangers_in(const std::string& folder);
  template <class Body>
  void for_whole(const std::vector<signer::Signing>& signings, Body&& body);
  template <class Wanted>
  void link_slots(const signer::Signing& signing, Wanted&& wanted);

  Store::Impl& store_;
  const rows::SignerRow& signer_;
  BrokenInstitutions& broken_;
  SyncResult& result_;
  signer::Directory directory_;
  signer::Tables next_;
};

// How what lies in the directory differs from what it should be for one institution: key files, links and its own
// pointer, "keys/mosa/0123456789abcdef.pem has mode 0666: everybody may read it". Nothing is altered.
[[nodiscard]] std::vector<rows::SignerFinding> differences_of(Store::Impl& store, const signer::DirectoryView& view,
                                                              signer::Format format, const signer::Signing& signing);
// Likewise of the tables of all.
[[nodiscard]] std::vector<rows::SignerFinding> table_differences(const signer::DirectoryView& view,
                                                                 signer::Format format,
                                                                 const std::vector<signer::Signing>& all);

}  // namespace zonestore
