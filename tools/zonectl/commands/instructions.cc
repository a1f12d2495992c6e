// zonectl instructions: what an institution publishes in its own zone.
#include "zonestore/operations/views/instructions.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/probe/organization.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/text/relative_name.h"

namespace zonectl::instructions {
namespace {

using zonestore::CustomerRecord;
using zonestore::DomainInstructions;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institution(options.code);
}

// The zones whose panel may be the one to type into, the likeliest first: nobody asks the DNS here, and a mail domain
// below the organization's may be a zone of its own.
std::vector<zonestore::Name> zones_of(const zonestore::Name& domain) {
  const zonestore::Name organization = probe::PublicSuffixes().organization_of(domain);
  std::vector<zonestore::Name> zones;
  for (zonestore::Name zone = domain; !(zone == organization) && !zone.is_root(); zone = zone.parent()) {
    zones.insert(zones.begin(), zone);
  }
  zones.insert(zones.begin(), organization);
  return zones;
}

void write_fields(const Session& session, const CustomerRecord& record, const std::vector<zonestore::Name>& zones) {
  const Terminal& terminal = session.terminal();
  std::ostream& out = session.out();
  out << "    Name   " << record.name << '\n';
  for (const zonestore::Name& zone : zones) {
    const bool is_first = &zone == &zones.front();
    out << "           " << (is_first ? "(in the DNS panel of " : " in that of ") << zone.to_text_no_dot()
        << (is_first ? ": " : ", if it has one of its own: ")
        << terminal.styled(Style::kBold, relative_name(record.name, zone)) << (&zone == &zones.back() ? ")" : "")
        << '\n';
  }
  out << "    Type   " << record.type << '\n';
  out << "    Value  " << terminal.styled(Style::kBold, record.value) << '\n';
  out << "    TTL    " << record.ttl << "\n\n";
}

// What each panel wants as names.
Json panels_json(const DomainInstructions& each) {
  Json panels = Json::array();
  for (const zonestore::Name& zone : zones_of(each.domain)) {
    Json cnames = Json::array();
    for (const CustomerRecord& record : each.cnames) {
      cnames.push_back(relative_name(record.name, zone));
    }
    panels.push_back(Json{
        {"zone", zone.to_text_no_dot()}, {"cnames", std::move(cnames)}, {"spf", relative_name(each.spf.name, zone)}});
  }
  return panels;
}

Json domains_json(const std::vector<DomainInstructions>& all) {
  Json domains = Json::array();
  for (const DomainInstructions& each : all) {
    Json domain = to_json(each);
    domain["panels"] = panels_json(each);
    domains.push_back(std::move(domain));
  }
  return domains;
}

void write_spf(const Session& session, const DomainInstructions& each, const std::vector<zonestore::Name>& zones) {
  std::ostream& out = session.out();
  out << "  SPF: one TXT record. A domain has one SPF record only: a second one breaks both.\n\n";
  out << "  If " << each.domain.to_text_no_dot() << " has no TXT record that begins with v=spf1 yet:\n\n";
  write_fields(session, each.spf, zones);
  out << "  If it has one: add no second one. Put " << each.spf_term << " into it, before its `all`:\n\n";
  out << "    v=spf1 ... " << session.terminal().styled(Style::kBold, each.spf_term) << " ~all\n\n";
  out << "  where ... is what stands there today, and the end stays as it is (~all, -all).\n\n";
}

void write(const Session& session, const std::string& code, const DomainInstructions& each) {
  std::ostream& out = session.out();
  const std::vector<zonestore::Name> zones = zones_of(each.domain);
  const std::string what = zones.size() == 1
                               ? "what " + each.domain.to_text_no_dot() + " publishes in its own zone, once"
                               : "what is published for " + each.domain.to_text_no_dot() + " in its own zone, once";
  out << session.terminal().styled(Style::kBold, code + ": " + what) << "\n\n";
  out << "  DKIM: two CNAME records. Both are needed: keys change by moving from one to the other.\n\n";
  for (const CustomerRecord& record : each.cnames) {
    write_fields(session, record, zones);
  }
  write_spf(session, each, zones);
  out << "  The same as lines of a zone file (the last one only if there is no SPF record yet):\n\n";
  for (const CustomerRecord& record : each.cnames) {
    out << record.zone_file_line << '\n';
  }
  out << each.spf.zone_file_line << '\n';
}

using All = std::vector<DomainInstructions>;

Result<ExitCode> body(Session& session, const Options& options) {
  const std::string& code = options.code->text();
  const auto in_json = [&code](const All& all) { return Json{{"code", code}, {"domains", domains_json(all)}}; };
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
