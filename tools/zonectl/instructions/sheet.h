// The instructions as CSV (RFC 4180, but lines end with LF alone), a record a row: for a spreadsheet or a mail merge.
//
//   code,domain,record,when,name,type,value,ttl,zone,name_in_zone
//
// record: sel1, sel2, spf, dmarc. when: always; spf and dmarc: if-none-yet. zone and name_in_zone: the likeliest DNS
// panel, and the name that it takes. Streams are handed in. Threads: any.
#pragma once

#include <ostream>

#include "tools/zonectl/instructions/publication.h"

namespace zonectl::instructions {

void write_sheet_head(std::ostream& out);
void write_sheet(std::ostream& out, const Publications& all);

}  // namespace zonectl::instructions
