// What the OPT record of an answer holds, as far as the query decides it: before its question is looked at.
// Pure. Threads: any number at once.
#pragma once

#include <optional>

#include "dnsd/answer/cookie.h"
#include "dnsd/answer/settings.h"
#include "dnsd/wire/opt_writer.h"
#include "dnsd/wire/query.h"

namespace dnsd::answer {

struct OptDecision {
  std::optional<wire::AnswerOpt> opt;  // there if and only if the query had a good one (RFC 6891 section 6.1.1)
  CookieState cookie = CookieState::kNone;
};

// The NSID is viewed, not copied.
[[nodiscard]] OptDecision decide_opt(const wire::Query& query, const Settings& settings, const Client& client);

// No question, and nothing else than an OPT record with a COOKIE: the client wants a server cookie, or to know
// whether the one that it has is good (RFC 7873 section 5.4). nullopt: this is no such query.
[[nodiscard]] std::optional<wire::Rcode> answer_to_cookie_probe(const wire::Query& query, CookieState cookie);

}  // namespace dnsd::answer
