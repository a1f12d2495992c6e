// What must hold of an answer's three sections, among themselves and with the question.
#pragma once

#include "tests/fuzz/message_walk.h"

namespace dnsd::fuzz {

// Ends the program, with the rule in the message, if the sections break one:
//   answer      a chain of CNAME and DNAME records from the question's name, then one record set of the type
//   authority   nothing; or the SOA of a zone above the name that the chain ends at; or the NS set of a cut there
//   additional  beside OPT and TSIG, addresses only, of the servers of that cut or of an NS set in the answer
//   AA          set, but for errors, referrals and TC
void check_sections(const WalkedMessage& answer);

}  // namespace dnsd::fuzz
