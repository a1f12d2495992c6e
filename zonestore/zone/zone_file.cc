// Zone files out, and record data as text.
#include "zonestore/zone/zone_file.h"

#include <algorithm>
#include <new>
#include <string>

#include "zonestore/zone/big_endian.h"
#include "zonestore/zone/ldns_handles.h"

namespace zonestore {
namespace {

tl::unexpected<Error> unreadable(RecordType type, const std::string& why) {
  return fail(ErrorCode::kDamaged, "record data of type " + to_text(type) + " cannot be read: " + why);
}

// An ldns record of that type with that data and the root as its owner.
Result<ldns::Rr> make_rr(RecordType type, ByteView rdata) {
  ldns::Rr rr(ldns_rr_new());
  if (!rr) {
    throw std::bad_alloc();
  }
  ldns_rr_set_type(rr.get(), static_cast<ldns_rr_type>(type));
  ldns_rr_set_class(rr.get(), LDNS_RR_CLASS_IN);
  Bytes with_length;
  append_u16(with_length, static_cast<std::uint16_t>(rdata.size()));
  with_length.insert(with_length.end(), rdata.begin(), rdata.end());
  std::size_t position = 0;
  const ldns_status status = ldns_wire2rdf(rr.get(), with_length.data(), with_length.size(), &position);
  if (status != LDNS_STATUS_OK) {
    return unreadable(type, ldns::status_text(status));
  }
  // ldns takes data that ends before its last fields.
  if (ldns_rr_rd_count(rr.get()) < ldns_rr_descriptor_minimum(ldns_rr_descript(static_cast<std::uint16_t>(type)))) {
    return unreadable(type, "it ends early");
  }
  // ldns follows compression pointers, which have no meaning here: what it read must be what is stored.
  Bytes read_back;
  if (ldns::rdata_wire(*rr, read_back) != LDNS_STATUS_OK ||
      !std::equal(rdata.begin(), rdata.end(), read_back.begin(), read_back.end())) {
    return unreadable(type, "it is not in the type's uncompressed form");
  }
  return rr;
}

// Types whose form has at least one field; of those without a form anything may be empty (RFC 3597 section 5).
bool must_have_data(RecordType type) {
  const ldns_rr_descriptor* descriptor = ldns_rr_descript(static_cast<std::uint16_t>(type));
  return ldns_rr_descriptor_minimum(descriptor) > 0 &&
         ldns_rr_descriptor_field_type(descriptor, 0) != LDNS_RDF_TYPE_UNKNOWN;
}

// One field of record data. Names are written as owners are: ldns leaves a quotation mark in them as it is, which a
// reader takes for the beginning of a string.
Result<std::string> field_to_text(const ldns_rdf& field, const ldns::Buffer& buffer) {
  if (ldns_rdf_get_type(&field) == LDNS_RDF_TYPE_DNAME) {
    return Name::from_wire({ldns_rdf_data(&field), ldns_rdf_size(&field)}).map([](const Name& name) {
      return name.to_text();
    });
  }
  ldns_buffer_clear(buffer.get());
  const ldns_status status = ldns_rdf2buffer_str(buffer.get(), &field);
  if (status != LDNS_STATUS_OK) {
    return fail(ErrorCode::kDamaged, ldns::status_text(status));
  }
  const ByteView written = ldns::written(buffer);
  return std::string(written.begin(), written.end());
}

}  // namespace

Result<std::string> rdata_to_text(RecordType type, ByteView rdata) {
  if (rdata.empty() && must_have_data(type)) {
    return unreadable(type, "it is empty");
  }
  if (rdata.empty()) {
    return std::string("\\# 0");  // RFC 3597 section 5: no type's own form can say so
  }
  if (rdata.size() > 0xFFFF) {
    return unreadable(type, "it has more than 65535 bytes");
  }
  const auto rr = make_rr(type, rdata);
  if (!rr) {
    return tl::unexpected(rr.error());
  }
  const ldns::Buffer buffer = ldns::make_buffer(2 * rdata.size() + 64);
  std::string text;
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr->get()); ++i) {
    const auto field = field_to_text(*ldns_rr_rdf(rr->get(), i), buffer);
    if (!field) {
      return unreadable(type, field.error().message);
    }
    text += (i == 0 ? "" : " ") + *field;
  }
  return text;
}

ZoneFileWriter::ZoneFileWriter(std::ostream& out, const Name& apex) : out_(out), apex_(apex) {}

Result<void> ZoneFileWriter::begin(const RecordSet& soa) {
  out_ << "$ORIGIN " << apex_.to_text() << "\n$TTL " << seconds(soa.ttl) << '\n';
  return write_records(soa);
}

Result<void> ZoneFileWriter::write(const RecordSet& record_set) {
  return record_set.type == RecordType::kSoa ? Result<void>() : write_records(record_set);
}

Result<void> ZoneFileWriter::write_records(const RecordSet& record_set) {
  const std::string head = record_set.owner.to_text() + '\t' + std::to_string(seconds(record_set.ttl)) + "\tIN\t" +
                           to_text(record_set.type) + '\t';
  for (const Bytes& record : record_set.rdata) {
    const auto text = rdata_to_text(record_set.type, record);
    if (!text) {
      return fail(text.error().code, record_set.owner.to_text() + ": " + text.error().message);
    }
    out_ << head << *text << '\n';
  }
  if (!out_) {
    return fail(ErrorCode::kIo, "the zone file of " + apex_.to_text() + " could not be written");
  }
  return {};
}

}  // namespace zonestore
