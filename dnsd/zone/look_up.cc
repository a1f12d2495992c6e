#include "dnsd/zone/look_up.h"

#include <algorithm>
#include <array>

namespace dnsd::zone {
namespace {

// A name without its zone's apex, as the zone's table knows it.
ByteView below_apex(ByteView name, const Zone& zone) {
  return name.first(name.size() - zone.apex.size_bytes());
}

// "*." before the encloser. A name that is too long for that has no wildcard below it.
NodeView find_wildcard(const Zone& zone, ByteView encloser, std::uint64_t& hash) {
  std::array<std::uint8_t, zonestore::kMaxNameBytes> name;
  if (encloser.size() + 2 > name.size()) {
    return {};
  }
  name[0] = 1;
  name[1] = '*';
  std::copy(encloser.begin(), encloser.end(), name.begin() + 2);
  const ByteView wildcard = below_apex({name.data(), encloser.size() + 2}, zone);
  hash = zone.names.hash(wildcard);
  return zone.names.find(wildcard, hash);
}

// What the names from the sought one up to the apex say.
struct Ascent {
  NodeView exact;
  ByteView encloser;  // the closest one: the longest of these names that exists (RFC 4592 section 3.3.1)
  Found barrier;      // the highest cut or DNAME; kNone: the way is free
};

void look_at(Ascent& ascent, NodeView node, std::size_t at, std::uint64_t hash, bool is_apex, CutItself cut_itself) {
  const bool is_sought = at == 0;
  if (!is_apex && !(is_sought && cut_itself == CutItself::kIsOurs) && node.find(RecordType::kNs)) {
    ascent.barrier = {Match::kCut, node, at, hash};
  } else if (!is_sought && node.find(RecordType::kDname)) {
    ascent.barrier = {Match::kDname, node, at, hash};
  }
}

Ascent ascend(const Place& place, const wire::LoweredName& name, CutItself cut_itself) {
  const Zone& zone = *place.zone;
  Ascent ascent;
  const std::size_t apex_at = name.size - zone.apex.size_bytes();
  unsigned labels = name.labels;
  for (std::size_t at = 0;; at += name.bytes[at] + 1U, --labels) {
    if (labels <= zone.census.most_labels) {
      const ByteView suffix = name.view().subspan(at);
      const ByteView key = below_apex(suffix, zone);
      const std::uint64_t hash = at == 0 ? place.hash : zone.names.hash(key);
      if (const NodeView node = zone.names.find(key, hash)) {
        ascent.encloser = ascent.encloser.empty() ? suffix : ascent.encloser;
        ascent.exact = at == 0 ? node : ascent.exact;
        look_at(ascent, node, at, hash, at == apex_at, cut_itself);
      }
    }
    if (at == apex_at) {
      return ascent;
    }
  }
}

}  // namespace

Place place_in(const Zone& zone, const wire::LoweredName& name) {
  return {&zone, zone.names.hash(below_apex(name.view(), zone))};
}

Found look_up(const Place& place, const wire::LoweredName& name, CutItself cut_itself) {
  const Zone& zone = *place.zone;
  if (zone.census.is_plain()) {
    if (const NodeView node = zone.names.find(below_apex(name.view(), zone), place.hash)) {
      return {Match::kExact, node, 0, place.hash};
    }
    return {Match::kNone, {}, 0, zone.apex_hash};
  }
  const Ascent ascent = ascend(place, name, cut_itself);
  if (ascent.barrier.match != Match::kNone) {
    return ascent.barrier;
  }
  if (ascent.exact) {
    return {Match::kExact, ascent.exact, 0, place.hash};
  }
  if (zone.census.wildcards > 0) {
    std::uint64_t hash = 0;
    if (const NodeView node = find_wildcard(zone, ascent.encloser, hash)) {
      return {Match::kWildcard, node, 0, hash};
    }
  }
  return {Match::kNone, {}, 0, zone.apex_hash};
}

NodeView confirm(const Place& place, const wire::LoweredName& name, NodeView guess) {
  if (!guess || !place.zone->census.is_plain() ||
      !wire::is_same(guess.name(), below_apex(name.view(), *place.zone))) {
    return {};
  }
  return guess;
}

NodeView find_exactly(const Zone& zone, const wire::LoweredName& name) {
  ByteView rest = name.view();
  while (rest.size() > zone.apex.size_bytes()) {
    rest = wire::parent_of(rest);
  }
  return wire::is_same(rest, zone.apex.wire()) ? zone.names.find(below_apex(name.view(), zone)) : NodeView{};
}

}  // namespace dnsd::zone
