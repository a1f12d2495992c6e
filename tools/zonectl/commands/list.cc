// zonectl list: all institutions, one a line.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonectl::list {
namespace {

using zonestore::InstitutionView;
using zonestore::Result;

struct Options {
  bool all = false;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().flag("--all", options.all, "also those that were removed and are gone");
}

// "ready", or the guard that stands in the way of a rotation.
Cell rotate_cell(const InstitutionView& institution) {
  if (!institution.rotate_refusal) {
    return {"ready", Style::kGood};
  }
  if (const auto& refusal = institution.rotate_refusal->refusal) {
    return {std::string(zonestore::guard_code(refusal->guard)), Style::kCaution};
  }
  return {"", Style::kPlain};
}

std::vector<Cell> row_of(const InstitutionView& institution) {
  std::vector<Cell> row{{institution.code, Style::kBold},
                        {std::string(zonestore::dkim::to_text(institution.phase))},
                        {institution.active ? zonestore::dkim::to_text(*institution.active) : ""}};
  for (const zonestore::SlotView& slot : institution.slots) {
    row.push_back({std::string(zonestore::dkim::to_text(slot.state)), style_of(slot.state)});
  }
  row.push_back(rotate_cell(institution));
  row.push_back({institution.maintain_due ? "due" : "", Style::kCaution});
  row.push_back({zonestore::joined(institution.domains, " ",
                                   [](const zonestore::Name& domain) { return domain.to_text_no_dot(); })});
  return row;
}

Result<void> write_json(std::ostream& out, zonestore::Store& store, bool all) {
  JsonList list(out, "institutions");
  Result<void> read = list_institutions(store, all, [&](const InstitutionView& institution) {
    list.add(to_json(institution));
    return out.good();
  });
  list.finish();
  return read;
}

Result<void> write_table(std::ostream& out, const Terminal& terminal, zonestore::Store& store, bool all) {
  Table table(out, terminal, {"CODE", "PHASE", "SIGNS", "SEL1", "SEL2", "ROTATE", "MAINTAIN", "DOMAINS"});
  Result<void> read = list_institutions(store, all, [&](const InstitutionView& institution) {
    table.add(row_of(institution));
    return out.good();
  });
  table.finish();
  if (table.rows() == 0 && terminal.interactive) {
    out << "no institution yet; add one: zonectl add CODE --domain DOMAIN\n";
  }
  return read;
}

Result<ExitCode> body(Session& session, const Options& options) {
  return session.read([&](zonestore::Store& store) {
    return session.print_whole([&](std::ostream& out) {
      return session.json() ? write_json(out, store, options.all)
                            : write_table(out, session.terminal(), store, options.all);
    });
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"list", "list the institutions, by code", "zonectl list\nzonectl list | cut -f1",
                         exits_of_reading(), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::list
