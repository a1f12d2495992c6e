// Macros of SPF records expanded (RFC 7208 section 7.3). Pure. For the sources of this folder only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zonestore/base/bytes.h"
#include "zonestore/zone/name.h"

namespace zonectl::probe::spf {

// What is known of a message before there is one.
struct Message {
  std::optional<zonestore::Bytes> address;  // the sender's, 4 or 16 bytes; nullopt: any
  zonestore::Name sender_domain;            // of postmaster@
};

// nullopt: it takes what only a message tells: %{h}, and without an address %{i}, %{v}. `validated` stands for %{p}.
// Precondition: `domain_spec` is one (parse_domain_spec).
[[nodiscard]] std::optional<std::string> expand(std::string_view domain_spec, const Message& message,
                                                const zonestore::Name& domain,
                                                const std::optional<std::string>& validated);
[[nodiscard]] bool asks_for_validated_name(std::string_view domain_spec);  // %{p}

// The name that an expanded domain-spec is: labels taken away from the left until it is short enough (section 7.3).
// nullopt: it is none.
[[nodiscard]] std::optional<zonestore::Name> name_of(std::string_view expanded);

// "4.3.2.1.in-addr.arpa".
[[nodiscard]] std::optional<zonestore::Name> reverse_name(const zonestore::Bytes& address);

}  // namespace zonectl::probe::spf
