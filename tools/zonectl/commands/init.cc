// zonectl init: a new store.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/change/store_files.h"
#include "zonestore/operations/zones/init_store.h"
#include "zonestore/operations/zones/zones.h"

namespace zonectl::init {
namespace {

using zonestore::Name;
using zonestore::Result;
using zonestore::dkim::CustomerSelectors;

constexpr std::string_view kDkimZone = "dkim.secutix.com";
constexpr std::string_view kSpfZone = "spf.secutix.com";

struct Options {
  std::vector<Name> name_servers;
  std::optional<Name> mailbox;
  std::optional<Name> dkim_zone;
  std::optional<Name> spf_zone;
  std::optional<std::uint32_t> minimum;
  std::optional<CustomerSelectors> customer_selectors;
  std::optional<std::string> reader_group;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.many("--ns", "NAME", options.name_servers, Need::kRequired, &Name::parse,
                 "a name server of both zones; may be repeated; the first is the primary");
  arguments.one("--hostmaster", "MAILBOX", options.mailbox, Need::kRequired, &zonestore::parse_mailbox,
                "who is responsible: hostmaster@secutix.com, or as the SOA has it: hostmaster.secutix.com");
  arguments.one("--dkim-zone", "ZONE", options.dkim_zone, Need::kOptional, &Name::parse,
                "the zone of the DKIM keys (default: dkim.secutix.com)");
  arguments.one("--spf-zone", "ZONE", options.spf_zone, Need::kOptional, &Name::parse,
                "the zone of the SPF record (default: spf.secutix.com)");
  arguments.one("--minimum", "DURATION", options.minimum, Need::kOptional, &parse_seconds,
                "how long resolvers may remember that a name is absent (default: 5m)");
  arguments.one("--customer-selector", "WORD", options.customer_selectors, Need::kOptional, &CustomerSelectors::parse,
                "what the selectors in the institutions' own zones begin with, for good (default: stxsel, so that an "
                "institution publishes stxsel1 and stxsel2)");
  arguments.one("--reader-group", "NAME", options.reader_group, Need::kOptional, &parse_line,
                "of a store of root's own: the group whose members may read it, such as that of dnsd's user "
                "(default: the directory's)");
  arguments.dry_run(options.change);
}

// The defaults are names that parse.
Name name_or(const std::optional<Name>& given, std::string_view otherwise) {
  return given ? *given : Name::parse(otherwise).value();
}

void write(const Session& session, const zonestore::Changed& made) {
  std::ostream& out = session.out();
  out << "store " << verb(made, "made", "would be made") << " in " << printable(session.store_dir().string())
      << serials_text(made) << '\n';
  if (!made.dry_run) {
    out << "next: zonectl add CODE --domain DOMAIN; zonectl spf allow ip4:ADDRESS\n";
  }
  write_end(out, session.terminal(), made);
}

Result<ExitCode> body(Session& session, const Options& options) {
  zonestore::InitOptions details;
  details.dkim_zone = name_or(options.dkim_zone, kDkimZone);
  details.spf_zone = name_or(options.spf_zone, kSpfZone);
  details.name_servers = options.name_servers;
  details.mailbox = *options.mailbox;
  details.minimum = options.minimum.value_or(details.minimum);
  details.customer_selectors = options.customer_selectors.value_or(details.customer_selectors);
  if (options.reader_group && !options.change.dry_run) {
    const auto prepared = zonestore::make_directory_for_readers(session.store_dir(), *options.reader_group);
    if (!prepared) {
      return tl::unexpected(prepared.error());
    }
  }
  const auto made = zonestore::init_store(session.store_dir(), details, session.context(options.change),
                                          session.clock(), session.key_sources());
  const auto in_json = [&session, word = details.customer_selectors.word()](const auto& done) {
    Json json = changed_json(done);
    json["store"] = session.store_dir().string();
    json["customer_selector"] = word;
    return json;
  };
  return session.tell(made, in_json, write);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"init", "make a store with its two zones and an empty SPF record",
       "zonectl --store demo init --ns ns1.secutix.com --ns ns2.secutix.com --hostmaster hostmaster.secutix.com",
       exits_of_change({{ExitCode::kRefused, "refused: E_EXISTS, there is a store already"}})},
      arguments, body);
}

}  // namespace zonectl::init
