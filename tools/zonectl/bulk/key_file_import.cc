#include "tools/zonectl/bulk/key_file_import.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "tools/zonectl/bulk/report.h"
#include "tools/zonectl/bulk/table_keys.h"
#include "tools/zonectl/bulk/text_file.h"
#include "tools/zonectl/telling/json.h"
#include "zonestore/operations/institutions/institutions.h"

namespace zonectl {

using zonestore::BulkItem;
using zonestore::BulkPlan;
using zonestore::ChangeContext;
using zonestore::Result;
using zonestore::Store;

namespace {

struct KeyTables {
  std::string key_file;
  KeyTable keys;
  std::string signing_file;
  std::optional<SigningTable> signing;
};

// All that is taken from the tables, and all that is said of them.
struct Work {
  std::map<std::string, TableInstitution> institutions;  // by code
  std::vector<FileFault> faults;
  std::vector<std::string> notes;
};

// The file of "refile:FILE"; `form` is set if there is such a word.
std::string without_form(const std::string& text, std::optional<SigningTableForm>& form) {
  constexpr std::string_view kFlat = "file:";
  constexpr std::string_view kPatterns = "refile:";
  if (text.starts_with(kPatterns)) {
    form = SigningTableForm::kPatterns;
    return text.substr(kPatterns.size());
  }
  if (text.starts_with(kFlat)) {
    form = SigningTableForm::kFlat;
    return text.substr(kFlat.size());
  }
  return text;
}

Result<KeyTables> read_tables(const KeyTableOptions& options) {
  std::optional<SigningTableForm> form;
  KeyTables tables{without_form(*options.key_table, form), {}, "", std::nullopt};
  const auto text = read_secret_file(tables.key_file);
  if (!text) {
    return tl::unexpected(text.error());
  }
  tables.keys = parse_key_table(*text);
  if (options.signing_table) {
    form.reset();
    tables.signing_file = without_form(*options.signing_table, form);
    const auto signing = read_text_file(tables.signing_file);
    if (!signing) {
      return tl::unexpected(signing.error());
    }
    tables.signing = parse_signing_table(*signing, form);
  }
  return tables;
}

Result<KnownInstitutions> known_to(Store& store) {
  KnownInstitutions known;
  return list_institutions(store, false,
                           [&](const zonestore::InstitutionView& view) {
                             known.has_domains.emplace(view.code, !view.domains.empty());
                             for (const zonestore::Name& domain : view.domains) {
                               known.by_domain.emplace(domain.to_text(), *zonestore::dkim::Code::parse(view.code));
                             }
                             return true;
                           })
      .map([&] { return std::move(known); });
}

void append(std::vector<FileFault>& all, std::vector<FileFault> some, const std::string& file) {
  for (FileFault& each : some) {
    each.file = file;
    all.push_back(std::move(each));
  }
}

void sort_by_line(std::vector<FileFault>& faults) {
  std::stable_sort(faults.begin(), faults.end(),
                   [](const FileFault& left, const FileFault& right) { return left.line < right.line; });
}

std::string in_one_line(const zonestore::Error& error) {
  return error.message + (error.hint.empty() ? "" : ": " + error.hint);
}

Work work_of(KeyTables& tables, const KnownInstitutions& known, const KeyTableOptions& options,
             const zonestore::dkim::CustomerSelectors& selectors) {
  TablePlan plan = plan_institutions(tables.keys, tables.signing ? &*tables.signing : nullptr, known);
  TableKeys keys = read_keys(plan, std::filesystem::path(tables.key_file).parent_path(),
                             options.fresh_for_weak ? WeakKeys::kReplaced : WeakKeys::kFaults, selectors);
  Work work;
  std::vector<FileFault> of_signing = tables.signing ? std::move(tables.signing->faults) : std::vector<FileFault>{};
  append(of_signing, std::move(plan.signing_faults), "");
  sort_by_line(of_signing);
  append(work.faults, std::move(of_signing), tables.signing_file);
  std::vector<FileFault> of_keys = std::move(tables.keys.faults);
  append(of_keys, std::move(plan.key_faults), "");
  append(of_keys, std::move(keys.faults), "");
  sort_by_line(of_keys);
  append(work.faults, std::move(of_keys), tables.key_file);
  std::vector<FileFault> notes;
  append(notes, std::move(plan.key_notes), tables.key_file);
  append(notes, std::move(keys.notes), tables.key_file);
  append(notes, std::move(plan.signing_notes), tables.signing_file);
  std::set<std::pair<std::string, std::size_t>> left_out;
  for (const FileFault& fault : work.faults) {
    left_out.emplace(fault.file, fault.line);
  }
  std::erase_if(notes, [&](const FileFault& note) {  // what is left out is not taken otherwise
    return left_out.contains({note.file, note.line});
  });
  for (const zonestore::Error& note : by_reason(tables.key_file, notes)) {
    work.notes.push_back(in_one_line(note));
  }
  for (TableInstitution& each : keys.institutions) {
    const std::string code = each.code.text();
    work.institutions.emplace(code, std::move(each));
  }
  return work;
}

// Both keys fresh, in the place of weak ones. Again: nothing.
Result<zonestore::Changed> add_fresh(Store& store, const ChangeContext& context,
                                     const TableInstitution& institution) {
  if (const auto there = show_institution(store, institution.code)) {
    zonestore::Changed nothing;
    nothing.changed = false;
    nothing.dry_run = context.dry_run;
    return nothing;
  }
  zonestore::AddOptions options;
  options.domains = institution.options.domains;
  return add_institution(store, context, institution.code, options)
      .map([](const zonestore::InstitutionChanged& added) { return zonestore::Changed(added); });
}

Result<zonestore::Changed> import_one(Store& store, const ChangeContext& context, TableInstitution& institution) {
  if (institution.keys.empty()) {
    return add_fresh(store, context, institution);
  }
  return import_keys(store, context, institution.code, std::move(institution.keys), institution.options)
      .map([](const zonestore::KeysImported& imported) { return zonestore::Changed(imported); });
}

Json selectors_json(const Work& work) {
  Json selectors = Json::array();
  for (const auto& [code, institution] : work.institutions) {
    if (institution.selector) {
      selectors.push_back(Json{{"code", code},
                               {"domain", institution.selector->domain.to_text_no_dot()},
                               {"selector", institution.selector->selector},
                               {"becomes", institution.selector->becomes}});
    }
  }
  return selectors;
}

// The signatures of a selector that is not in the DNS yet do not verify.
std::optional<std::string> selector_warning(const Work& work) {
  std::size_t count = 0;
  std::string first;
  for (const auto& [code, institution] : work.institutions) {
    if (institution.selector && ++count == 1) {
      first = "the key of " + code + " signs as selector " + institution.selector->selector + " of " +
              institution.selector->domain.to_text_no_dot() + " today, and as " + institution.selector->becomes +
              " here";
    }
  }
  if (count == 0) {
    return std::nullopt;
  }
  return first + (count > 1 ? ", and so do those of " + std::to_string(count - 1) + " more (--json names all)" : "") +
         ": let the old signer sign on until the CNAMEs stand (zonectl instructions CODE, then zonectl check CODE)";
}

BulkAddition addition_of(const KeyTables& tables, const Work& work) {
  BulkAddition more = left_out_of(tables.key_file, work.faults);
  more.json["selectors"] = selectors_json(work);
  return more;
}

Result<ExitCode> import_all(const Session& session, Store& store, const ChangeOptions& change,
                            const KeyTables& tables, Work& work) {
  const ChangeContext context = session.context(change);
  Interruption interruption;
  BulkPlan plan{"import", "{}", {}, true};
  for (const auto& [code, institution] : work.institutions) {
    plan.items.push_back({institution.code, "{}"});
  }
  const auto run = begin_run(store, context, plan);
  if (!run) {
    return tl::unexpected(run.error());
  }
  const BulkWork steps{"import", "importing", [&](const ChangeContext& own, const BulkItem& item) {
                         return import_one(store, own, work.institutions.at(item.code.text()));
                       }};
  const BulkAddition more = addition_of(tables, work);
  ChangeContext own = context;
  own.signers_later = true;  // once for all, below
  BulkReport report = run_bulk(session, store, own, *run, {}, steps, interruption);
  follow_new_ones(store, context, report);
  report.warnings.insert(report.warnings.end(), work.notes.begin(), work.notes.end());
  if (auto warning = selector_warning(work); warning && report.changed) {
    report.warnings.push_back(*std::move(warning));
  }
  const auto ended =
      end_run(session, store, context, report,
              {"imported", "would be imported", "the same command: what is there already is left alone"}, more);
  return ended && *ended == ExitCode::kDone && !work.faults.empty() ? ExitCode::kPartlyDone : ended;
}

}  // namespace

Result<ExitCode> import_key_table(Session& session, const KeyTableOptions& options, const ChangeOptions& change) {
  auto tables = read_tables(options);
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  Result<Store> store = session.open_to_change(change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto known = known_to(*store);
  if (!known) {
    return tl::unexpected(known.error());
  }
  Work work = work_of(*tables, *known, options, store->customer_selectors());
  if (!work.faults.empty() && (!options.skip_bad || work.institutions.empty())) {
    return tell_faults(session, tables->key_file, work.faults);
  }
  for (const zonestore::Error& left_out : by_reason(tables->key_file, work.faults)) {
    session.report(left_out);
  }
  return import_all(session, *store, change, *tables, work);
}

}  // namespace zonectl
