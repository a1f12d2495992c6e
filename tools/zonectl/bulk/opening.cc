#include "tools/zonectl/bulk/opening.h"

#include <set>
#include <utility>

#include "zonestore/operations/views/find_institution.h"

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Suggest;

namespace {

Result<ExitCode> go_on(const Session& session, zonestore::Store& store, const ChangeOptions& change,
                       const BulkWays& ways, const BulkSteps& steps) {
  Interruption interruption;
  const Result<BegunRun> resumed = resumed_run(session, store, ways.command, change);
  if (!resumed && resumed.error().code == ErrorCode::kNotFound && steps.nothing_to_resume) {
    return steps.nothing_to_resume(interruption);
  }
  if (!resumed) {
    return tl::unexpected(resumed.error());
  }
  return steps.work(*resumed, interruption);
}

Result<ExitCode> begin(const Session& session, zonestore::Store& store, const ChangeOptions& change,
                       const BulkWays& ways, const BulkSteps& steps) {
  Result<BulkList> list = steps.list();
  if (!list) {
    return tl::unexpected(list.error());
  }
  if (!list->faults.empty()) {
    return tell_faults(session, ways.file.value_or(""), list->faults);
  }
  if (const auto agreed = steps.ask ? steps.ask(list->items) : Result<void>{}; !agreed) {
    return tl::unexpected(agreed.error());
  }
  Interruption interruption;
  BegunRun begun{{}, {}, ways.settings, session.context(change)};
  if (const auto done = steps.do_first ? steps.do_first(begun.context) : Result<void>{}; !done) {
    return tl::unexpected(done.error());
  }
  begun.settings.override_guard = change.override_guard;
  begun.settings.reason = change.reason;
  begun.settings.expect = change.expect;
  begun.arguments = arguments_of(begun.settings);
  if (steps.keep) {
    steps.keep(begun.arguments);
  }
  auto run = begin_run(store, begun.context, {ways.command, begun.arguments.to_json_text(), std::move(list->items)});
  if (!run) {
    return tl::unexpected(run.error());
  }
  begun.run = *std::move(run);
  return steps.work(begun, interruption);
}

}  // namespace

Result<ExitCode> open_bulk(const Session& session, zonestore::Store& store, const ChangeOptions& change,
                           const BulkWays& ways, const BulkSteps& steps) {
  if (ways.resume) {
    return go_on(session, store, change, ways, steps);
  }
  if (ways.give_up) {
    auto given_up = give_up_run(session, store, change, ways.command, *ways.give_up, !ways.begins);
    if (!given_up || !ways.begins) {
      return given_up;
    }
  }
  return begin(session, store, change, ways, steps);
}

namespace {

Result<void> accept_one(zonestore::Store& store, const zonestore::dkim::Code& code, const AcceptNamed& accept) {
  const auto view = show_institution(store, code);
  if (!view) {
    return tl::unexpected(view.error());
  }
  return accept ? accept(*view) : Result<void>{};
}

}  // namespace

BulkList named_institutions(zonestore::Store& store, const std::string& text, const AcceptNamed& accept) {
  constexpr std::size_t kMostSuggestions = 10;  // each reads all codes
  BulkList named;
  std::set<std::string> seen;
  for (const ListedWord& listed : read_list(text)) {
    const auto suggest = named.faults.size() < kMostSuggestions ? Suggest::kNearest : Suggest::kNothing;
    const auto found = zonestore::dkim::reference_in_file("", listed.word)
                           .and_then([&](const zonestore::dkim::Reference& reference) {
                             return find_institution(store, reference, suggest);
                           });
    if (!found) {
      named.faults.push_back({listed.line, found.error()});
      continue;
    }
    const zonestore::dkim::Code& code = found->code;
    if (!seen.insert(code.text()).second) {
      named.faults.push_back({listed.line, {ErrorCode::kInvalid, code.text() + " is named twice", "", std::nullopt}});
      continue;
    }
    if (const auto accepted = accept_one(store, code, accept); !accepted) {
      named.faults.push_back({listed.line, accepted.error()});
    } else {
      named.items.push_back({code, "{}"});
    }
  }
  return named;
}

Result<BulkList> named_or_found(const Session& session, zonestore::Store& store,
                                const std::vector<zonestore::dkim::Code>& named,
                                const std::optional<std::string>& file,
                                const std::function<Result<std::vector<zonestore::dkim::Code>>()>& find,
                                const AcceptNamed& accept) {
  if (!named.empty()) {
    return list_of_known(store, named, accept);
  }
  if (!file) {
    return find().map(list_of);
  }
  return read_list_text(session, *file).map([&](const std::string& text) {
    return named_institutions(store, text, accept);
  });
}

Result<BulkList> list_of_known(zonestore::Store& store, const std::vector<zonestore::dkim::Code>& codes,
                               const AcceptNamed& accept) {
  for (const zonestore::dkim::Code& code : codes) {
    if (const auto accepted = accept_one(store, code, accept); !accepted) {
      return tl::unexpected(accepted.error());
    }
  }
  return list_of(codes);
}

BulkList list_of(const std::vector<zonestore::dkim::Code>& codes) {
  BulkList list;
  list.items.reserve(codes.size());
  for (const zonestore::dkim::Code& code : codes) {
    list.items.push_back({code, "{}"});
  }
  return list;
}

}  // namespace zonectl
