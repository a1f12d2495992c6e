// What a zone must fulfil to be served rightly: the one judgement over zone files, whole zones and single changes.
//
//   a set, by itself            TTL, size, one CNAME, one DNAME, one SPF record, wildcards; no setting, and
//    |                          nothing that signing makes
//    +-- its name               a CNAME is alone (RFC 1034 3.6.2, RFC 2181 10.1); at a cut only NS, DS and glue
//    +-- names above it         nothing below a DNAME (RFC 6672 2.3); below a cut only glue (RFC 1034 4.2.1)
//    +-- names it leads to      NS and MX to no alias (RFC 2181 10.3); a name server in its own zone has an
//                               address (RFC 9471)
//
// The rules ask for the name, its ancestors and its targets, never for the whole zone: a single change is judged at
// as many names as it touches. Pure. Threads: those of the ZoneContent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/zone/record_set.h"

namespace zonestore {

inline constexpr std::size_t kMaxSetBytes = 65'000;  // in a message: 12 bytes a record beside its data

// What stands around a name, the change that is judged already in it.
class ZoneContent {
 public:
  ZoneContent() = default;
  ZoneContent(const ZoneContent&) = delete;
  ZoneContent& operator=(const ZoneContent&) = delete;
  ZoneContent(ZoneContent&&) = delete;
  ZoneContent& operator=(ZoneContent&&) = delete;
  virtual ~ZoneContent() = default;

  [[nodiscard]] virtual const Name& apex() const = 0;
  // The types at a name, SOA and NS of the apex among them; none for a name outside of the zone.
  [[nodiscard]] virtual std::vector<RecordType> types_at(const Name& owner) = 0;
  // True if an NS record of the zone, those of the apex among them, leads there.
  [[nodiscard]] virtual bool is_name_server(const Name& name) = 0;
};

// What a rule has against a record set: what is wrong, and where.
struct Objection {
  // In doubt: NSD, Knot and BIND load it, and it is hardly what was meant. A single change is refused for it, a whole
  // zone from elsewhere is taken with a warning, unless it is asked for strictly.
  enum class Kind : std::uint8_t { kFault, kDoubt, kWarning };

  Kind kind = Kind::kFault;
  std::optional<Guard> guard;  // of a fault or doubt; nullopt: malformed
  Name owner;
  RecordType type{};    // of the set that is to blame
  std::string message;  // one line, no trailing period
  std::string hint;
};
using Objections = std::vector<Objection>;

// What is wrong with a set of static records by itself.
void judge_set(const RecordSet& set, const Name& apex, Objections& objections);

// What is wrong with all sets of one name in their surroundings. At the apex they are the NS and the static records.
void judge_name(ZoneContent& zone, const std::vector<const RecordSet*>& sets, Objections& objections);

// True for a fault that a missing record makes, which may only have been malformed.
[[nodiscard]] bool is_of_absence(const Objection& objection);

// True for a TXT record whose text is an SPF record (RFC 7208 section 4.5).
[[nodiscard]] bool is_spf_record(ByteView txt_rdata);

}  // namespace zonestore
