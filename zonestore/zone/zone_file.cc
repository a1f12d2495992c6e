// Zone files out.
#include "zonestore/zone/zone_file.h"

#include <algorithm>
#include <string>

#include "zonestore/zone/record_data.h"
#include "zonestore/zone/type_forms.h"

namespace zonestore {
namespace {

// NSD, Knot, BIND and dnspython do not know the mnemonics of all types, and what they do not know they refuse.
bool is_known_to_all(RecordType type) {
  const TypeForm* const form = type_form(type);
  return form != nullptr && form->readers == Readers::kAll;
}

// NSD refuses a CAA tag in capitals, which others take for the same.
bool is_read_by_all(RecordType type, ByteView rdata) {
  const auto is_capital = [](std::uint8_t byte) { return byte >= 'A' && byte <= 'Z'; };
  return type != RecordType::kCaa || rdata.size() < 2 || rdata.size() < 2U + rdata[1] ||
         std::none_of(rdata.begin() + 2, rdata.begin() + 2 + rdata[1], is_capital);
}

}  // namespace

ZoneFileWriter::ZoneFileWriter(std::ostream& out, const Name& apex) : out_(out), apex_(apex) {}

Result<void> ZoneFileWriter::begin(const RecordSet& soa) {
  out_ << "$ORIGIN " << apex_.to_text() << "\n$TTL " << seconds(soa.ttl) << '\n';
  return write_records(soa);
}

Result<void> ZoneFileWriter::write(const RecordSet& record_set) {
  return record_set.type == RecordType::kSoa ? Result<void>() : write_records(record_set);
}

Result<void> ZoneFileWriter::write_records(const RecordSet& record_set) {
  const bool is_known = is_known_to_all(record_set.type);
  const std::string type =
      is_known ? to_text(record_set.type) : "TYPE" + std::to_string(static_cast<std::uint16_t>(record_set.type));
  const std::string head =
      record_set.owner.to_text() + '\t' + std::to_string(seconds(record_set.ttl)) + "\tIN\t" + type + '\t';
  for (const Bytes& record : record_set.rdata) {
    const auto text = rdata_to_text(record_set.type, record);
    if (!text) {
      return fail(text.error().code, record_set.owner.to_text() + ": " + text.error().message);
    }
    out_ << head << (is_known && is_read_by_all(record_set.type, record) ? *text : rdata_to_bytes_text(record))
         << '\n';
  }
  if (!out_) {
    return fail(ErrorCode::kIo, "the zone file of " + apex_.to_text() + " could not be written");
  }
  return {};
}

}  // namespace zonestore
