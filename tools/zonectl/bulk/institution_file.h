// The file of `zonectl add --file`: CSV with a header that names the columns, in any order:
//
//   code,domains,key
//   mosa,mosamuseum.com mosa.example,rsa2048
//
// `code` must be there; `domain` or `domains` (any number, by spaces, commas or semicolons) and `key` may be. As
// spreadsheets write it (csv.h): capitals mean what small letters do (in a code with digits only the first may be
// one), and a column without a name is passed over if nothing stands in it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/zonectl/bulk/text_file.h"
#include "zonestore/operations/institutions/institutions.h"

namespace zonectl {

struct InstitutionLine {
  std::size_t line = 0;
  zonestore::dkim::Code code;
  zonestore::AddOptions options;
};

struct InstitutionFile {
  std::vector<InstitutionLine> institutions;
  std::vector<FileFault> faults;  // all of them: columns, values, a code or a domain that comes twice
};

[[nodiscard]] InstitutionFile parse_institution_file(std::string_view text);

// What a run keeps of an institution, for --resume.
[[nodiscard]] std::string to_json_text(const zonestore::AddOptions& options);
[[nodiscard]] zonestore::Result<zonestore::AddOptions> parse_add_options(const std::string& json_text);

}  // namespace zonectl
