#include "tools/zonectl/session/look_flags.h"

#include <algorithm>

#include "tools/zonectl/probe/resolver.h"

namespace zonectl::look {

using zonestore::Milliseconds;

namespace {

constexpr Milliseconds kLongestTimeout{60'000};

}  // namespace

void declare(Arguments& arguments, Flags& flags) {
  arguments.operators().many(
      "--server", "ADDR:PORT", flags.servers, Need::kOptional, &probe::Address::parse,
      "one of our name servers, in place of those in the zones' NS records; may be given again");
  arguments.operators().many("--resolver", "ADDR:PORT", flags.resolvers, Need::kOptional, &probe::Address::parse,
                             "the resolver that finds the institutions' name servers (default: /etc/resolv.conf)");
}

Means means_of(const Session& session, const Flags& flags) {
  Means means{flags.servers, flags.resolvers};
  if (means.resolvers.empty()) {
    means.resolvers = session.resolvers();
  }
  if (flags.timeout) {
    means.timeout = std::clamp<Milliseconds>(zonestore::Seconds(*flags.timeout), Milliseconds{1}, kLongestTimeout);
  }
  return means;
}

std::unique_ptr<Lookout> lookout_of(const Session& session, const Looking& looking, bool dry_run) {
  return looking.no_look || dry_run ? nullptr : std::make_unique<Lookout>(means_of(session, looking.flags));
}

}  // namespace zonectl::look
