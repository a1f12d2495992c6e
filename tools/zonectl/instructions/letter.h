// The instructions as an e-mail: its headers, an empty line, plain text in UTF-8 with paragraphs of 72 columns. It
// can be given to a mail program as it is: `zonectl instructions mosa --lang fr | sendmail ADDRESS`. Streams are
// handed in. Threads: any.
#pragma once

#include <ostream>
#include <string_view>

#include "tools/zonectl/instructions/phrases.h"
#include "tools/zonectl/instructions/publication.h"

namespace zonectl::instructions {

// Of an institution that has a domain. `language` is one of kLanguages, and `phrases` are its.
void write_letter(std::ostream& out, std::string_view language, const Phrases& phrases, const Publications& all);

}  // namespace zonectl::instructions
