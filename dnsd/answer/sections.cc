#include "dnsd/answer/sections.h"

#include <algorithm>

#include "dnsd/wire/name.h"
#include "dnsd/wire/rdata_names.h"
#include "dnsd/zone/look_up.h"
#include "dnsd/zone/record_layout.h"

namespace dnsd::answer {
namespace {

using wire::AnswerWriter;
using wire::ByteView;
using wire::RecordView;
using wire::Section;
using zone::RecordSetView;
using zonestore::RecordType;

bool add_set(AnswerWriter& writer, Section section, ByteView owner, const RecordSetView& record_set) {
  const AnswerWriter::Mark before = writer.mark();
  ByteView rest = record_set.answer;
  RecordView record;
  while (zone::take_record(rest, record)) {
    if (!writer.add_record(section, owner, record)) {
      // All of a set or none of it (RFC 2181 section 5).
      writer.back_to(before);
      return false;
    }
  }
  return true;
}

bool is_at_or_below(ByteView name, ByteView ancestor) {
  while (name.size() > ancestor.size()) {
    name = wire::parent_of(name);
  }
  return name.size() == ancestor.size() &&
         std::ranges::equal(name, ancestor, {}, zonestore::to_lower, zonestore::to_lower);
}

// The addresses of one name server, as far as the zone has them: its own data, or glue.
bool add_addresses(AnswerWriter& writer, ByteView server, const zone::Zone& zone) {
  wire::LoweredName lowered;
  wire::lower_name(server, lowered);
  const zone::NodeView node = zone::find_exactly(zone, lowered);
  if (!node) {
    return true;
  }
  for (const RecordType type : {RecordType::kA, RecordType::kAaaa}) {
    const auto addresses = node.find(type);
    if (addresses && !add_set(writer, Section::kAdditional, server, *addresses)) {
      return false;
    }
  }
  return true;
}

// The servers at or below the cut, which nobody can find without their glue, or all others.
bool add_glue(AnswerWriter& writer, const RecordSetView& servers, ByteView cut, bool below_cut,
              const zone::Zone& zone) {
  ByteView rest = servers.answer;
  RecordView record;
  while (zone::take_record(rest, record)) {
    if (wire::is_one_name(record.rdata) && is_at_or_below(record.rdata, cut) == below_cut &&
        !add_addresses(writer, record.rdata, zone)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool add_answer(AnswerWriter& writer, const Owner& owner, const RecordSetView& record_set) {
  // Names in the data may be compressed against this message: such a set cannot be copied as it was laid out.
  if (owner.is_question && wire::compressible_names(record_set.type).count == 0) {
    return writer.add_answer(record_set.answer, record_set.count);
  }
  return add_set(writer, Section::kAnswer, owner.name, record_set);
}

bool add_negative_soa(AnswerWriter& writer, const Owner& owner, std::size_t apex_at, const zone::Zone& zone) {
  if (owner.is_question) {
    return writer.add_authority(apex_at, zone.negative_soa);
  }
  return writer.add_authority(owner.name.subspan(apex_at), zone.negative_soa);
}

void add_server_addresses(AnswerWriter& writer, const RecordSetView& servers, const zone::Zone& zone) {
  for (const bool in_zone : {true, false}) {
    (void)add_glue(writer, servers, zone.apex.wire(), in_zone, zone);
  }
}

bool add_referral(AnswerWriter& writer, ByteView cut, zone::NodeView node, const zone::Zone& zone) {
  const auto servers = node.find(RecordType::kNs);
  if (!servers || !add_set(writer, Section::kAuthority, cut, *servers) ||
      !add_glue(writer, *servers, cut, true, zone)) {
    return false;
  }
  (void)add_glue(writer, *servers, cut, false, zone);  // a resolver can look these up by itself
  return true;
}

}  // namespace dnsd::answer
