// zonectl instructions: what an institution publishes in its own zone.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/text/relative_name.h"
#include "zonestore/operations/views/views.h"

namespace zonectl::instructions {
namespace {

using zonestore::CustomerRecord;
using zonestore::DomainInstructions;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
}

void write_fields(const Session& session, const CustomerRecord& record, const zonestore::Name& domain) {
  const Terminal& terminal = session.terminal();
  std::ostream& out = session.out();
  out << "    Name   " << record.name << '\n';
  out << "           (in the DNS panel of " << domain.to_text_no_dot() << ": "
      << terminal.styled(Style::kBold, relative_name(record.name, domain)) << ")\n";
  out << "    Type   " << record.type << '\n';
  out << "    Value  " << terminal.styled(Style::kBold, record.value) << '\n';
  out << "    TTL    " << record.ttl << "\n\n";
}

void write_spf(const Session& session, const DomainInstructions& each) {
  std::ostream& out = session.out();
  out << "  SPF: one TXT record. A domain has one SPF record only: a second one breaks both.\n\n";
  out << "  If " << each.domain.to_text_no_dot() << " has no TXT record that begins with v=spf1 yet:\n\n";
  write_fields(session, each.spf, each.domain);
  out << "  If it has one: add no second one. Put " << each.spf_term << " into it, before its `all`:\n\n";
  out << "    v=spf1 ... " << session.terminal().styled(Style::kBold, each.spf_term) << " ~all\n\n";
  out << "  where ... is what stands there today, and the end stays as it is (~all, -all).\n\n";
}

void write(const Session& session, const std::string& code, const DomainInstructions& each) {
  std::ostream& out = session.out();
  out << session.terminal().styled(
             Style::kBold, code + ": what " + each.domain.to_text_no_dot() + " publishes in its own zone, once")
      << "\n\n";
  out << "  DKIM: two CNAME records. Both are needed: keys change by moving from one to the other.\n\n";
  for (const CustomerRecord& record : each.cnames) {
    write_fields(session, record, each.domain);
  }
  write_spf(session, each);
  out << "  The same as lines of a zone file (the last one only if there is no SPF record yet):\n\n";
  for (const CustomerRecord& record : each.cnames) {
    out << record.zone_file_line << '\n';
  }
  out << each.spf.zone_file_line << '\n';
}

using All = std::vector<DomainInstructions>;

Result<ExitCode> body(Session& session, const Options& options) {
  const std::string& code = options.code->text();
  const auto in_json = [&code](const All& all) { return Json{{"code", code}, {"domains", json_array(all)}}; };
  const auto in_words = [&code](const Session& told, const All& all) {
    for (std::size_t index = 0; index < all.size(); ++index) {
      told.out() << (index == 0 ? "" : "\n\n");
      write(told, code, all[index]);
    }
    if (all.empty()) {
      told.out() << code << " has no mail domain yet; add one: zonectl domain add " << code << " DOMAIN\n";
    }
  };
  const auto operation = [&](zonestore::Store& store) { return zonestore::instructions(store, *options.code); };
  return session.tell(session.read(operation), in_json, in_words);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"instructions", "print what an institution publishes in its own DNS zone", "zonectl instructions mosa",
       exits_of_reading({{ExitCode::kNotFound, "no such institution"}}), For::kOperators},
      arguments, body);
}

}  // namespace zonectl::instructions
