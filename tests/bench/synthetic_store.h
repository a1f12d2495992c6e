// A store of any number of institutions, for measurements: made by the library's own means, and quick because no key
// is generated.
//
// Each institution has what `zonectl add` would have given it: rows, both selectors published and what their names
// have served, a change of the zone with its serial and journal, an audit row. Only the keys are made up: a random
// modulus of 2048 bits, of which nobody has the private half. Their ids begin with "fa6e", and the audit says so of
// each, so that nobody takes such a store for a real one; whatever needs a private key (rotate, check, a signer) says
// E_KEY_MISMATCH. The first `real` institutions and the one called mosa have real keys, in the vault: those can be
// rotated. The first `woven` ones have working keys in the vault too, which are quick to make and worth nothing
// (woven_keys.h), and a mail domain each, CODE.mosamuseum.com: for what is done with thousands.
//
// They were added one a minute, the last of them 30 days ago: every second slot is ripe, and the journal holds what
// it would after so long, its newest 10,000 changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "tests/bench/synthetic_names.h"

namespace bench {

struct SyntheticStore {
  std::filesystem::path directory;
  std::size_t institutions = 0;
  std::size_t real = 1;
  std::size_t woven = 0;
  std::uint64_t seed = 1;
};

// Makes the store in DIRECTORY.new and gives it its name when it is whole and on disk. Errors: kRefused/kExists if
// either is there; kInvalid for a code that comes twice, or too few of them; those of the store. What it made is
// taken away again if it fails; a killed run leaves DIRECTORY.new. `progress` is told how many institutions are in.
[[nodiscard]] zonestore::Result<void> make_store(const SyntheticStore& wanted, CodeSource& codes,
                                                 const std::function<void(std::size_t)>& progress);

}  // namespace bench
