// OpenDKIM's KeyTable, as opendkim reads it (opendkim.conf(5), and the program itself). Pure.
//
//   mosa._domainkey.mosamuseum.com  mosamuseum.com:stxsel1:/etc/dkimkeys/mosa.private
//   everybody                       %:default:/etc/dkimkeys/%/default.private
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/crypto/secret_text.h"
#include "zonestore/zone/name.h"

namespace zonectl {

struct KeyTableEntry {
  std::size_t line = 0;
  std::string name;                       // what the SigningTable calls it, in this very case
  std::optional<zonestore::Name> domain;  // nullopt: %, the sender's
  std::string selector;                   // in lower case
  zonestore::crypto::SecretText key;      // a path, as it stands there, or the key itself: never to be shown
  bool is_path = true;

  // Where its key lies if it signs for that domain, which stands for each % of the path.
  [[nodiscard]] std::string path_for(const zonestore::Name& signed_domain) const;
  // Each domain has a key file of its own.
  [[nodiscard]] bool is_path_of_each_domain() const {
    return !domain && is_path && key.find('%') != zonestore::crypto::SecretText::npos;
  }
};

struct KeyTable {
  std::vector<KeyTableEntry> entries;
  std::vector<FileFault> faults;
};
// Faults: a line that is not "name domain:selector:file", a domain that is none, a name that comes twice (opendkim
// uses the first).
[[nodiscard]] KeyTable parse_key_table(std::string_view text);

// The words of a line, by blanks: views of it.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);
// A fault of the file's form, which must not hold a piece of it.
// `reason`: what it shares with others, where `what` names one of them.
[[nodiscard]] FileFault table_fault(std::size_t line, std::string what, std::string hint = {},
                                    std::string reason = {});

}  // namespace zonectl
