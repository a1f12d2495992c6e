// OpenDKIM's KeyTable and SigningTable, as far as they say which institution has which key. Pure.
//
//   KeyTable      mosa._domainkey  mosamuseum.com:stxsel1:/etc/dkimkeys/mosa.private
//   SigningTable  *@mosamuseum.com mosa._domainkey
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/dkim/selector.h"

namespace zonectl {

struct KeyTableEntry {
  std::size_t line = 0;
  std::string name;  // what the SigningTable calls it
  zonestore::Name domain;
  std::string selector;
  std::string path;  // as it stands there
};

struct KeyTable {
  std::vector<KeyTableEntry> entries;
  std::vector<FileFault> faults;
};
// Faults: a line that is not "name domain:selector:path", a domain that is none (also %, which stands for any), a key
// in the table itself, a name that comes twice.
[[nodiscard]] KeyTable parse_key_table(std::string_view text);

struct SigningTable {
  std::map<std::string, std::vector<zonestore::Name>> domains;  // key name -> domains that sign with it
  std::vector<FileFault> faults;
};
// Patterns: a domain, user@domain, *@domain; those with a * in the domain name no domain and are faults.
[[nodiscard]] SigningTable parse_signing_table(std::string_view text);

// The institution that a key belongs to: its name in the table ("mosa", "mosa._domainkey..."), unless that is no
// code; then the first label of its domain. Errors: kInvalid.
[[nodiscard]] zonestore::Result<zonestore::dkim::Code> institution_of(const KeyTableEntry& entry);

}  // namespace zonectl
