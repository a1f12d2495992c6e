#include "zonestore/operations/signers/signer_files.h"

#include <algorithm>
#include <utility>

#include "zonestore/rows/domain_rows.h"
#include "zonestore/signer/key_form.h"

namespace zonestore {
namespace {

constexpr std::string_view kTop = ".";
constexpr std::string_view kDomains = "domains";
constexpr std::size_t kMostNamed = 20;

ByteView bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};  // NOLINT: of a text, as bytes
}

Result<crypto::SecretBytes> stored_form(Store::Impl& store, signer::Format format, const std::string& key_id) {
  const Result<crypto::SecretBytes> stored = store.vault().get_pkcs8(key_id);
  return stored ? signer::key_form(format, stored->view()) : tl::unexpected(stored.error());
}

// Where the institutions' folders lie.
std::string folder_of_all(signer::Format format) {
  return std::string(format == signer::Format::kFiles ? kTop : "keys");
}

signer::Identity identity_of(const Store::Impl& store, const rows::SignerRow& signer) {
  return {store.store_id, signer.name};
}

void tell_of(std::vector<std::string>& names, std::uint64_t& count, std::string text) {
  ++count;
  if (names.size() < kMostNamed) {
    names.push_back(std::move(text));
  }
}

}  // namespace

SignerFiles::SignerFiles(Store::Impl& store, const rows::SignerRow& signer, Milliseconds lock_wait,
                         BrokenInstitutions& broken, SyncResult& result)
    : store_(store),
      signer_(signer),
      broken_(broken),
      result_(result),
      directory_(signer.directory, identity_of(store, signer),
                 signer.marked ? signer::Unmarked::kIsForeign : signer::Unmarked::kIsOurs, lock_wait, *store.clock) {
  if (!signer_.marked) {
    adopt_top();
  }
}

// A directory of before there were manifests: what the store knows is ours.
void SignerFiles::adopt_top() {
  const signer::Tables none = signer::tables(signer_.format, signer_.directory, {});
  std::set<std::string> names;
  for (const std::optional<signer::TextFile>& table : {none.names, none.pointer}) {
    if (table) {
      names.insert(table->path);
    }
  }
  directory_.adopt(std::string(kTop), names);
  if (signer_.format != signer::Format::kFiles) {
    directory_.adopt(folder_of_all(signer_.format), {});
  }
}

void SignerFiles::adopt(const signer::Signing& signing) {
  if (signer_.marked) {
    return;
  }
  signer::Signing ever = signing;
  ever.keys.clear();
  for (const std::string& key_id : rows::keys_ever(store_.connection, signing.code)) {
    for (const dkim::SlotId slot : dkim::kSlots) {
      ever.keys.push_back({slot, key_id});
    }
  }
  const std::vector<std::string> names = signer::folder_names(signer_.format, ever);
  if (!names.empty()) {
    directory_.adopt(signer::key_directory(signer_.format, signing.code), {names.begin(), names.end()});
  }
}

// What is refused for one institution, because something is in the way, stops no other.
template <class Body>
void SignerFiles::for_whole(const std::vector<signer::Signing>& signings, Body&& body) {
  for (const signer::Signing& signing : signings) {
    if (broken_.contains(signing.code)) {
      continue;
    }
    try {
      body(signing);
    } catch (const db::Failure& failure) {
      if (failure.error().code != ErrorCode::kRefused) {
        throw;
      }
      broken_.emplace(signing.code, failure.error().message);
    }
  }
  directory_.commit();
}

void SignerFiles::give(const std::vector<signer::Signing>& signings, const std::set<std::string>& settled) {
  for_whole(signings, [&](const signer::Signing& signing) {
    adopt(signing);
    give_keys(signing, settled.contains(signing.code));
  });
  for_whole(signings, [&](const signer::Signing& signing) {
    link_slots(signing, [&](const signer::HeldKey& key, const signer::Link& link) {
      return key.slot == signing.active || directory_.read_link(link.path).empty();
    });
  });
  lead_domains(signings);
  for_whole(signings, [&](const signer::Signing& signing) { point_own(signing); });
}

// Each domain's folder leads to the institution. The list of them names a domain before its link is there and until
// it has gone, so that a sync that was killed leaves none behind.
void SignerFiles::lead_domains(const std::vector<signer::Signing>& signings) {
  if (!signer::has_domains(signer_.format)) {
    return;
  }
  for_whole(signings, [&](const signer::Signing& signing) {
    const signer::TextFile list = *signer::domain_list(signer_.format, signing);
    const std::string both = signer::merged_lines(directory_.read(list.path), list.text);
    if (!both.empty()) {
      directory_.put(list.path, bytes_of(both));
    }
    for (const std::string& domain : signing.domains) {
      const signer::Link link = signer::domain_link(signer_.format, domain, signing.code);
      directory_.put_link(link.path, link.target);
    }
  });
  for_whole(signings, [&](const signer::Signing& signing) { drop_domains(signing); });
  for_whole(signings, [&](const signer::Signing& signing) {
    const signer::TextFile list = *signer::domain_list(signer_.format, signing);
    if (list.text.empty()) {
      directory_.remove(list.path);
    } else {
      directory_.put(list.path, bytes_of(list.text));
    }
  });
}

// Those that have left it. One that belongs to another institution by now is led there by that one's sync.
void SignerFiles::drop_domains(const signer::Signing& signing) {
  const signer::TextFile list = *signer::domain_list(signer_.format, signing);
  for (const std::string& domain : signer::lines_of(directory_.read(list.path))) {
    const bool is_there = std::find(signing.domains.begin(), signing.domains.end(), domain) != signing.domains.end();
    const signer::Link link = signer::domain_link(signer_.format, domain, signing.code);
    if (!is_there && directory_.read_link(link.path) == link.target && !is_anybodys(domain)) {
      drop_domain(domain);
    }
  }
}

bool SignerFiles::is_anybodys(const std::string& domain) {
  const Result<Name> name = Name::parse(domain);
  return name && rows::owner_of_domain(store_.connection, *name);
}

void SignerFiles::drop_domain(const std::string& domain) {
  directory_.remove(signer::domain_link(signer_.format, domain, "").path);
  directory_.remove_folder_if_empty(signer::domain_directory(domain));
}

// Folders of domains that nobody has any more, or of all domains.
void SignerFiles::clear_domains(bool all) {
  if (!signer::has_domains(signer_.format)) {
    return;
  }
  const std::string folder(kDomains);
  directory_.remove_drafts(folder);
  for (const std::string& domain : directory_.list(folder)) {
    const std::string below = signer::domain_directory(domain);
    if (directory_.is_folder(below) && directory_.manifest(below)) {
      directory_.remove_drafts(below);
      if (all || !is_anybodys(domain)) {
        drop_domain(domain);
      }
    }
  }
  directory_.commit();
}

void SignerFiles::give_keys(const signer::Signing& signing, bool settled) {
  for (const signer::HeldKey& key : signing.keys) {
    const std::string file = signer::key_file(signer_.format, signing.code, key.key_id);
    const Result<crypto::SecretBytes> form = stored_form(store_, signer_.format, key.key_id);
    if (!form) {
      broken_.emplace(signing.code, form.error().message);
      return;
    }
    const bool was_given = directory_.owns(file);
    if (!was_given || directory_.difference(file, form->view())) {
      ++result_.keys_written;
    }
    if (settled && was_given) {
      tell_difference(file, form->view());
    }
    directory_.put(file, form->view());
  }
}

void SignerFiles::tell_difference(const std::string& file, ByteView content) {
  if (const std::optional<signer::Difference> differs = directory_.difference(file, content)) {
    tell_of(result_.found, result_.found_count, file + " " + differs->what);
  }
}

template <class Wanted>
void SignerFiles::link_slots(const signer::Signing& signing, Wanted&& wanted) {
  for (const signer::HeldKey& key : signing.keys) {
    const std::optional<signer::Link> link = signer::slot_link(signer_.format, signing, key);
    if (link && wanted(key, *link)) {
      directory_.put_link(link->path, link->target);
    }
  }
}

void SignerFiles::point_own(const signer::Signing& signing) {
  const std::optional<signer::OwnPointer> pointer = signer::own_pointer(signer_.format, signing);
  if (!pointer) {
    return;
  }
  if (pointer->text.empty()) {
    directory_.remove(pointer->path);
  } else {
    directory_.put(pointer->path, bytes_of(pointer->text));
  }
}

void SignerFiles::point(const std::vector<signer::Signing>& all, const std::set<std::string>& waiting, bool settled) {
  const signer::Tables empty = signer::tables(signer_.format, signer_.directory, {});
  if (!empty.names) {
    return;
  }
  std::vector<signer::Signing> ready;
  std::copy_if(all.begin(), all.end(), std::back_inserter(ready),
               [&](const signer::Signing& signing) { return !waiting.contains(signing.code); });
  const std::string present = directory_.read(empty.names->path);
  next_ = signer::with_waiting(signer_.format, signer::tables(signer_.format, signer_.directory, ready), present,
                               directory_.read(empty.pointer->path), waiting);
  for (const std::optional<signer::TextFile>& table : {next_.names, next_.pointer}) {
    if (settled && directory_.owns(table->path)) {
      tell_difference(table->path, bytes_of(table->text));
    }
  }
  const std::string both = signer::merged_lines(present, next_.names->text);
  directory_.put(next_.names->path, bytes_of(both));
  directory_.commit();
  directory_.put(next_.pointer->path, bytes_of(next_.pointer->text));
  directory_.commit();
}

void SignerFiles::settle_tables() {
  if (next_.names) {
    directory_.put(next_.names->path, bytes_of(next_.names->text));
    directory_.commit();
  }
}

void SignerFiles::clear(const std::vector<signer::Signing>& signings) {
  for_whole(signings, [&](const signer::Signing& signing) {
    link_slots(signing, [](const signer::HeldKey&, const signer::Link&) { return true; });
  });
  for_whole(signings, [&](const signer::Signing& signing) { clear_folder(signing); });
}

// What is ours and no slot holds, and drafts of an attempt that was killed.
void SignerFiles::clear_folder(const signer::Signing& signing) {
  const std::string folder = signer::key_directory(signer_.format, signing.code);
  const std::vector<std::string> kept = signer::folder_names(signer_.format, signing);
  directory_.remove_drafts(folder);
  for (const std::string& file : directory_.owned(folder)) {
    const bool is_kept = std::find(kept.begin(), kept.end(), file) != kept.end();
    if (!is_kept || (file == "active" && !signing.active)) {
      directory_.remove(signer::path_in(folder, file));
      result_.keys_removed += signer::key_id_of(signer_.format, file) ? 1 : 0;
    }
  }
  if (signing.keys.empty()) {
    directory_.remove_folder_if_empty(folder);
  }
}

void SignerFiles::clear_all_but(const std::set<std::string>& codes) {
  clear_domains(codes.empty());
  directory_.remove_drafts(std::string(kTop));  // of the tables
  directory_.remove_drafts(folder_of_all(signer_.format));
  std::vector<signer::Signing> departed;
  const std::string folder = folder_of_all(signer_.format);
  for (const std::string& file : directory_.list(folder)) {
    if (!codes.contains(file) && dkim::Code::parse(file) && directory_.is_folder(signer::path_in(folder, file))) {
      signer::Signing none;
      none.code = file;
      none.selectors = store_.customer_selectors;
      adopt(none);
      departed.push_back(std::move(none));
    }
  }
  for_whole(departed, [&](const signer::Signing& none) { clear_folder(none); });
  for (const signer::Signing& none : departed) {
    broken_.erase(none.code);  // a folder of nobody that we know is in nobody's way
  }
}

void SignerFiles::name_strangers_in(const std::string& folder) {
  for (const std::string& stranger : directory_.strangers(folder)) {
    tell_of(result_.strangers, result_.strangers_count, signer::path_in(folder, stranger));
  }
}

void SignerFiles::name_strangers_at_the_top() {
  name_strangers_in(std::string(kTop));
  if (folder_of_all(signer_.format) != kTop && directory_.is_folder(folder_of_all(signer_.format))) {
    name_strangers_in(folder_of_all(signer_.format));
  }
  if (signer::has_domains(signer_.format) && directory_.is_folder(std::string(kDomains))) {
    name_strangers_in(std::string(kDomains));
  }
}

void SignerFiles::name_strangers(const std::vector<signer::Signing>& signings) {
  for (const signer::Signing& signing : signings) {
    const std::string folder = signer::key_directory(signer_.format, signing.code);
    if (directory_.is_folder(folder) && directory_.manifest(folder)) {
      name_strangers_in(folder);
    }
    for (const std::string& domain : signing.domains) {
      if (signer::has_domains(signer_.format)) {
        name_strangers_in(signer::domain_directory(domain));
      }
    }
  }
}

void SignerFiles::purge() {
  clear_all_but({});
  const std::string top(kTop);
  for (const std::string& file : directory_.owned(top)) {
    directory_.remove(file);
  }
  directory_.commit();
  const std::string folder = folder_of_all(signer_.format);
  for (const std::string& each : directory_.list(folder)) {  // those in which something of others lies
    if (const std::string below = signer::path_in(folder, each); directory_.is_folder(below)) {
      directory_.leave(below);
    }
  }
  for (const std::string& domain : directory_.list(std::string(kDomains))) {
    if (const std::string below = signer::domain_directory(domain); directory_.is_folder(below)) {
      directory_.leave(below);
    }
  }
  directory_.remove_folder_if_empty(folder);
  directory_.remove_folder_if_empty(std::string(kDomains));
  directory_.commit();
  name_strangers_at_the_top();
  for (const std::string& each : {folder, std::string(kDomains)}) {
    if (each != kTop) {
      directory_.leave(each);
    }
  }
  directory_.abandon();
}

namespace {

void compare_links(const signer::DirectoryView& view, signer::Format format, const signer::Signing& signing,
                   std::vector<rows::SignerFinding>& differences) {
  for (const signer::HeldKey& key : signing.keys) {
    const std::optional<signer::Link> link = signer::slot_link(format, signing, key);
    if (link && view.read_link(link->path) != link->target) {
      differences.push_back({link->path, "does not lead to " + link->target, true, {}});
    }
  }
}

void compare(const signer::DirectoryView& view, const std::string& file, ByteView content,
             std::vector<rows::SignerFinding>& differences) {
  if (const std::optional<signer::Difference> differs = view.difference(file, content)) {
    differences.push_back({file, differs->what, true, {}});
  }
}

void compare_domains(const signer::DirectoryView& view, signer::Format format, const signer::Signing& signing,
                     std::vector<rows::SignerFinding>& differences) {
  const std::optional<signer::TextFile> list = signer::domain_list(format, signing);
  if (!list) {
    return;
  }
  if (!list->text.empty()) {
    compare(view, list->path, bytes_of(list->text), differences);
  }
  for (const std::string& domain : signing.domains) {
    const signer::Link link = signer::domain_link(format, domain, signing.code);
    if (view.read_link(link.path) != link.target) {
      differences.push_back({link.path, "does not lead to " + link.target, true, {}});
    }
  }
}

}  // namespace

std::vector<rows::SignerFinding> differences_of(Store::Impl& store, const signer::DirectoryView& view,
                                                signer::Format format, const signer::Signing& signing) {
  std::vector<rows::SignerFinding> differences;
  for (const signer::HeldKey& key : signing.keys) {
    const std::string file = signer::key_file(format, signing.code, key.key_id);
    const Result<crypto::SecretBytes> form = stored_form(store, format, key.key_id);
    if (form) {
      compare(view, file, form->view(), differences);
    } else {
      differences.push_back({file, "cannot be compared: " + form.error().message, true, {}});
    }
  }
  compare_links(view, format, signing, differences);
  compare_domains(view, format, signing, differences);
  const std::optional<signer::OwnPointer> pointer = signer::own_pointer(format, signing);
  if (pointer && !pointer->text.empty()) {
    compare(view, pointer->path, bytes_of(pointer->text), differences);
  } else if (pointer && view.has(pointer->path)) {
    differences.push_back({pointer->path, "is there, and nothing is to sign", true, {}});
  }
  return differences;
}

std::vector<rows::SignerFinding> table_differences(const signer::DirectoryView& view, signer::Format format,
                                                   const std::vector<signer::Signing>& all) {
  std::vector<rows::SignerFinding> differences;
  const signer::Tables wanted = signer::tables(format, view.path(), all);
  for (const std::optional<signer::TextFile>& table : {wanted.names, wanted.pointer}) {
    if (table) {
      compare(view, table->path, bytes_of(table->text), differences);
    }
  }
  return differences;
}

}  // namespace zonestore
