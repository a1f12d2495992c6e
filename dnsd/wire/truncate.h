// An answer made short after the fact: what rate limiting sends instead of the answer.
#pragma once

#include <cstddef>

#include "dnsd/wire/header.h"

namespace dnsd::wire {

// Leaves of an answer its header, with TC set, its question, and its OPT record with all options (a cookie among
// them); the sections are empty (RFC 2181 section 9). Works in place; the new length, never more than the old.
// 0: that is no whole message with at most one question, and nothing was changed; no answer of ours is that.
[[nodiscard]] std::size_t truncate_answer(MutableBytes answer) noexcept;

}  // namespace dnsd::wire
