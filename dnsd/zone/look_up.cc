#include "dnsd/zone/look_up.h"

#include <algorithm>
#include <array>

namespace dnsd::zone {
namespace {

// "*." before the encloser. A name that is too long for that has no wildcard below it.
const Node* find_wildcard(const Zone& zone, ByteView encloser, std::uint32_t& hash) {
  std::array<std::uint8_t, zonestore::kMaxNameBytes> name;
  if (encloser.size() + 2 > name.size()) {
    return nullptr;
  }
  name[0] = 1;
  name[1] = '*';
  std::copy(encloser.begin(), encloser.end(), name.begin() + 2);
  const ByteView wildcard(name.data(), encloser.size() + 2);
  hash = hash_name(wildcard);
  return zone.names.find(wildcard, hash);
}

// What the names from the sought one up to the apex say.
struct Ascent {
  const Node* exact = nullptr;
  std::uint32_t exact_hash = 0;
  ByteView encloser;  // the closest one: the longest of these names that exists (RFC 4592 section 3.3.1)
  Found barrier;      // the highest cut or DNAME; kNone: the way is free
};

void look_at(Ascent& ascent, const Node& node, std::size_t at, std::uint32_t hash, bool is_apex,
             CutItself cut_itself) {
  const bool is_sought = at == 0;
  if (!is_apex && !(is_sought && cut_itself == CutItself::kIsOurs) && node.find(RecordType::kNs)) {
    ascent.barrier = {Match::kCut, &node, at, hash};
  } else if (!is_sought && node.find(RecordType::kDname)) {
    ascent.barrier = {Match::kDname, &node, at, hash};
  }
}

Ascent ascend(const Zone& zone, const wire::LoweredName& name, CutItself cut_itself) {
  Ascent ascent;
  const std::size_t apex_at = name.size - zone.apex.size_bytes();
  unsigned labels = name.labels;
  for (std::size_t at = 0;; at += name.bytes[at] + 1U, --labels) {
    if (labels <= zone.census.most_labels) {
      const ByteView suffix = name.view().subspan(at);
      const std::uint32_t hash = hash_name(suffix);
      if (const Node* node = zone.names.find(suffix, hash)) {
        ascent.encloser = ascent.encloser.empty() ? suffix : ascent.encloser;
        if (at == 0) {
          ascent.exact = node;
          ascent.exact_hash = hash;
        }
        look_at(ascent, *node, at, hash, at == apex_at, cut_itself);
      }
    }
    if (at == apex_at) {
      return ascent;
    }
  }
}

}  // namespace

Found look_up(const Zone& zone, const wire::LoweredName& name, CutItself cut_itself) {
  if (zone.census.is_plain()) {
    const std::uint32_t hash = hash_name(name.view());
    if (const Node* node = zone.names.find(name.view(), hash)) {
      return {Match::kExact, node, 0, hash};
    }
    return {Match::kNone, nullptr, 0, hash_name(zone.apex.wire())};
  }
  const Ascent ascent = ascend(zone, name, cut_itself);
  if (ascent.barrier.match != Match::kNone) {
    return ascent.barrier;
  }
  if (ascent.exact != nullptr) {
    return {Match::kExact, ascent.exact, 0, ascent.exact_hash};
  }
  if (zone.census.wildcards > 0) {
    std::uint32_t hash = 0;
    if (const Node* node = find_wildcard(zone, ascent.encloser, hash)) {
      return {Match::kWildcard, node, 0, hash};
    }
  }
  return {Match::kNone, nullptr, 0, hash_name(zone.apex.wire())};
}

}  // namespace dnsd::zone
