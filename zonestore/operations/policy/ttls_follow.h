// Published TTLs follow the store's policy, in slices: no writer waits long, however many institutions there are. For
// the sources of zonestore/operations only.
//
// Between the change of the policy and the last slice a record may still have the TTL of before. That makes nothing
// early: what a resolver may remember is counted from the largest TTL that a name was served with, which the very
// transaction that publishes keeps (selector_content); an institution that is changed meanwhile is published by the
// new policy then and there; and a drain protects a key that stays public until it ends, at whatever TTL.
// Each slice is a change of its own: a serial, an audit row. Killed, the rest is done by maintain, or by the next
// change of that policy. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "zonestore/operations/change/change_scope.h"

namespace zonestore {

// A slice is bounded by time: how many institutions go into the next follows from how long the write lock was held
// for the last, commit and disk included. (A commit may take longer than all that it commits.)
struct SliceLimit {
  std::uint64_t institutions = 1000;  // at most
  Milliseconds time{250};             // under the write lock
};

// For the next slice; at most twice as many as in the last, so that one lucky commit does not make a slow one.
[[nodiscard]] std::uint64_t next_slice(std::uint64_t institutions, Milliseconds held, const SliceLimit& limit);

struct Slice {
  std::uint64_t institutions = 0;  // that this slice has published
  std::uint64_t behind = 0;        // that have still to follow
};

// All have to follow anew, and the first slice of them does, in this change.
Slice begin_to_follow(ChangeScope& change, const SliceLimit& limit = {});

// How many have still to; read by itself.
[[nodiscard]] std::uint64_t ttls_behind(Store::Impl& store);

// The next slices, each a change of its own in the name of `command`, until none is behind. A waiting writer comes
// between. Gives back how many institutions were published. `progress` is told Slice::behind after each.
std::uint64_t follow_policy_ttls(Store& store, const ChangeContext& context, const std::string& command,
                                 Changed& outcome, const std::function<void(std::uint64_t behind)>& progress = {},
                                 const SliceLimit& limit = {});

}  // namespace zonestore
