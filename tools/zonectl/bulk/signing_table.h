// OpenDKIM's SigningTable, as opendkim reads it (opendkim.conf(5), and the program itself): which key signs the mail
// of a domain. Pure. Which line does is told by signing_index.h.
//
//   refile:FILE   *@mosamuseum.com  mosa._domainkey.mosamuseum.com        patterns, of which the first that fits
//   counts file:FILE     mosamuseum.com    mosa._domainkey.mosamuseum.com:@%     user@host, host, .domain of each
//   above it, *
//
// The identity behind the key's name (i=) is the signer's to set, and is passed over. A key that is called % is the
// one that bears the domain's name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/zone/name.h"

namespace zonectl {

enum class SigningTableForm { kFlat, kPatterns };  // opendkim's file: and refile:

struct SigningLine {
  std::size_t line = 0;
  std::string pattern;  // in lower case
  std::string key;      // a name in the KeyTable, or %

  [[nodiscard]] std::string key_for(const zonestore::Name& domain) const;
  // In a table of patterns, in which * stands for any text.
  [[nodiscard]] bool fits(std::string_view address) const;
};

// An address in the domain that no line means by itself: its user is a control character, which no pattern has.
[[nodiscard]] std::string any_address(const zonestore::Name& domain);

// Whose mail a line means.
struct Scope {
  enum class Kind {
    kDomain,   // all of a domain's
    kAddress,  // of some addresses in it
    kOthers,   // of domains that it does not name: those below another, any
  };
  Kind kind = Kind::kOthers;
  std::optional<zonestore::Name> domain;  // of the first two
};

struct SigningTable {
  SigningTableForm form = SigningTableForm::kFlat;
  std::vector<SigningLine> lines;
  std::vector<FileFault> faults;

  [[nodiscard]] Scope scope_of(const SigningLine& line) const;
};

// Without a form it is told by the text: a * that a flat table has no use for is of a table of patterns. Faults: a
// line that is not "pattern key" or "pattern key:identity"; a pattern that fits no address in that form, or none at
// all; lines of both forms.
[[nodiscard]] SigningTable parse_signing_table(std::string_view text,
                                               std::optional<SigningTableForm> form = std::nullopt);

}  // namespace zonectl
