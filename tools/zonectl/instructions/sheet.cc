#include "tools/zonectl/instructions/sheet.h"

#include "zonestore/dkim/selector.h"

namespace zonectl::instructions {
namespace {

std::string csv_field(std::string_view field) {
  if (field.find_first_of(",\"\n") == std::string_view::npos) {
    return std::string(field);
  }
  std::string text = "\"";
  for (const char letter : field) {
    text += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return text + '"';
}

void write_row(std::ostream& out, const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    out << (&field == &fields.front() ? "" : ",") << csv_field(field);
  }
  out << '\n';
}

}  // namespace

void write_sheet_head(std::ostream& out) {
  write_row(out, {"code", "domain", "record", "when", "name", "type", "value", "ttl", "zone", "name_in_zone"});
}

void write_sheet(std::ostream& out, const Publications& all) {
  for (const Publication& each : all.domains) {
    const auto write = [&](const std::string& what, const std::string& when,
                           const zonestore::CustomerRecord& record) {
      const std::vector<Panel> panels = panels_of(record, each);
      const Panel panel = panels.empty() ? Panel{each.dns.domain, record.name} : panels.front();
      write_row(out, {all.code, each.dns.domain.to_text_no_dot(), what, when, record.name, record.type, record.value,
                      std::to_string(record.ttl), panel.zone.to_text_no_dot(), panel.name});
    };
    for (std::size_t index = 0; index < each.dns.cnames.size(); ++index) {
      write(to_text(zonestore::dkim::kSlots.at(index)), "always", each.dns.cnames[index]);
    }
    write("spf", "if-none-yet", each.dns.spf);
    write("dmarc", "if-none-yet", each.dmarc);
  }
}

}  // namespace zonectl::instructions
