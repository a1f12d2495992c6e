#include "tools/zonectl/bulk/key_file_import.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "tools/zonectl/bulk/key_table.h"
#include "tools/zonectl/bulk/report.h"
#include "zonestore/operations/institutions/key_import.h"

namespace zonectl {

using zonestore::BulkItem;
using zonestore::BulkPlan;
using zonestore::ChangeContext;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;
using zonestore::SuppliedKey;
using zonestore::dkim::SlotId;

namespace {

// One institution of the table. Its first key goes into sel1, its second into sel2, whatever they were called.
struct Imported {
  std::size_t line = 0;
  zonestore::dkim::Code code;
  zonestore::Name domain;
  std::vector<SuppliedKey> keys;
  zonestore::ImportOptions options;
};

class Table {
 public:
  explicit Table(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // The faults of both files; those of the signing table come with its own name.
  std::vector<FileFault> read(KeyTable keys, const SigningTable& signing) {
    faults_ = std::move(keys.faults);
    for (const KeyTableEntry& entry : keys.entries) {
      add(entry, signing);
    }
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const FileFault& left, const FileFault& right) { return left.line < right.line; });
    return std::move(faults_);
  }

  [[nodiscard]] std::map<std::string, Imported>& institutions() { return institutions_; }

 private:
  void add(const KeyTableEntry& entry, const SigningTable& signing) {
    const auto code = institution_of(entry);
    if (!code) {
      return fail(entry, code.error());
    }
    const std::filesystem::path path(entry.path);
    auto key = zonestore::read_key_file(path.is_absolute() ? path : directory_ / path);
    if (!key) {
      zonestore::Error error = key.error();
      error.message = "its key file " + error.message;  // not named: it may be a key, miswritten
      return fail(entry, std::move(error));
    }
    const auto [found, is_new] =
        institutions_.try_emplace(code->text(), Imported{entry.line, *code, entry.domain, {}, {{entry.domain}, {}}});
    Imported& institution = found->second;
    if (!is_new && !(institution.domain == entry.domain)) {
      return fail(entry, clash(institution, "another domain"));
    }
    if (institution.keys.size() == zonestore::dkim::kSlots.size()) {
      return fail(entry, clash(institution, "two keys already"));
    }
    const SlotId slot = institution.keys.empty() ? SlotId::kSel1 : SlotId::kSel2;
    institution.keys.push_back({slot, *std::move(key)});
    take_signing(institution, slot, entry, signing);
  }

  // The one that signs today signs on.
  static void take_signing(Imported& institution, SlotId slot, const KeyTableEntry& entry,
                           const SigningTable& signing) {
    const auto found = signing.domains.find(entry.name);
    if (found == signing.domains.end()) {
      return;
    }
    std::vector<zonestore::Name>& domains = institution.options.domains;
    for (const zonestore::Name& domain : found->second) {
      if (std::find(domains.begin(), domains.end(), domain) == domains.end()) {
        domains.push_back(domain);
      }
    }
    if (slot == SlotId::kSel2 && !institution.options.signs_with) {
      institution.options.signs_with = slot;
    }
  }

  static zonestore::Error clash(const Imported& institution, const std::string& what) {
    return {ErrorCode::kInvalid,
            institution.code.text() + " has " + what + " in line " + std::to_string(institution.line),
            "name each key by its institution's code", std::nullopt};
  }

  void fail(const KeyTableEntry& entry, zonestore::Error error) { faults_.push_back({entry.line, std::move(error)}); }

  std::filesystem::path directory_;
  std::map<std::string, Imported> institutions_;
  std::vector<FileFault> faults_;
};

Result<zonestore::Changed> import_one(Store& store, const ChangeContext& context, Imported& institution) {
  return import_keys(store, context, institution.code, std::move(institution.keys), institution.options)
      .map([](const zonestore::KeysImported& imported) { return zonestore::Changed(imported); });
}

Result<SigningTable> read_signing_table(const KeyTableOptions& options) {
  if (!options.signing_table) {
    return SigningTable{};
  }
  return read_text_file(*options.signing_table).map([](const std::string& text) {
    return parse_signing_table(text);
  });
}

Result<ExitCode> import_all(const Session& session, const ChangeOptions& change,
                            std::map<std::string, Imported>& institutions) {
  const ChangeContext context = session.context(change);
  Interruption interruption;
  Result<Store> store = session.open_to_change(change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  BulkPlan plan{"import", "{}", {}, true};
  for (const auto& [code, institution] : institutions) {
    plan.items.push_back({institution.code, "{}"});
  }
  const auto run = begin_run(*store, context, plan);
  if (!run) {
    return tl::unexpected(run.error());
  }
  const BulkWork work{"import", "importing", [&](const ChangeContext& own, const BulkItem& item) {
                        return import_one(*store, own, institutions.at(item.code.text()));
                      }};
  ChangeContext own = context;
  own.signers_later = true;  // once for all, below
  BulkReport report = run_bulk(session, *store, own, *run, {}, work, interruption);
  follow_new_ones(*store, context, report);
  return end_run(session, *store, context, report,
                 {"imported", "would be imported", "the same command: what is there already is left alone"});
}

}  // namespace

Result<ExitCode> import_key_table(Session& session, const KeyTableOptions& options, const ChangeOptions& change) {
  const auto text = read_text_file(*options.key_table);
  if (!text) {
    return tl::unexpected(text.error());
  }
  const auto signing = read_signing_table(options);
  if (!signing) {
    return tl::unexpected(signing.error());
  }
  if (!signing->faults.empty()) {
    return tell_faults(session, *options.signing_table, signing->faults);
  }
  Table table(std::filesystem::path(*options.key_table).parent_path());
  if (const auto faults = table.read(parse_key_table(*text), *signing); !faults.empty()) {
    return tell_faults(session, *options.key_table, faults);
  }
  return import_all(session, change, table.institutions());
}

}  // namespace zonectl
