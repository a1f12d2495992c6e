#include "dnsd/wire/query.h"

#include "dnsd/wire/record.h"

namespace dnsd::wire {
namespace {

constexpr RecordType kTypeTsig{250};

// Precondition: the header is there.
Header read_header(Reader& reader) {
  const std::uint8_t* const bytes = reader.take(kHeaderBytes).data();
  return {.id = load_u16(bytes),
          .flags = load_u16(bytes + 2),
          .question_count = load_u16(bytes + 4),
          .answer_count = load_u16(bytes + 6),
          .authority_count = load_u16(bytes + 8),
          .additional_count = load_u16(bytes + 10)};
}

// More than one question is a fault that the counts already show; they are read only to find the OPT record.
void read_questions(Reader& reader, Query& query) {
  for (unsigned left = query.header.question_count; left > 0 && reader.ok(); --left) {
    const std::size_t begin = reader.position();
    read_uncompressed_name(reader, query.question.name);
    query.question.type = static_cast<RecordType>(reader.u16());
    query.question.question_class = reader.u16();
    query.question.bytes = reader.since(begin);
  }
  query.has_question = reader.ok() && query.header.question_count == 1;
}

// OPT and TSIG have their place in the additional section only (RFC 6891 6.1.1, RFC 8945 5.1).
void skip_records(Reader& reader, unsigned count) {
  for (; count > 0 && reader.ok(); --count) {
    const Record record = read_record(reader);
    if (record.type == RecordType::kOpt || record.type == kTypeTsig) {
      reader.fail();
    }
  }
}

void take_opt(Reader& reader, const Record& record, Query& query, bool& seen) {
  const std::optional<Edns> edns = parse_opt(record.record_class, record.ttl, record.rdata);
  if (seen || !record.owner_is_root || !edns) {
    query.edns.reset();
    reader.fail();
    return;
  }
  seen = true;
  query.edns = edns;
  if (edns->has_bad_option) {
    reader.fail();  // the record itself is good: the FORMERR carries one (RFC 6891 section 7)
  }
}

void read_additional(Reader& reader, Query& query) {
  bool seen_opt = false;
  for (unsigned left = query.header.additional_count; left > 0 && reader.ok(); --left) {
    const Record record = read_record(reader);
    if (!reader.ok()) {
      return;
    }
    if (record.type == RecordType::kOpt) {
      take_opt(reader, record, query, seen_opt);
    } else if (record.type == kTypeTsig) {
      query.tsig = parse_tsig(record.owner_at, record.record_class, record.rdata);
      if (left != 1 || !query.tsig) {
        reader.fail();
      }
    }
  }
}

}  // namespace

Form parse_query(ByteView message, Query& query) {
  query.has_question = false;
  query.edns.reset();
  query.tsig.reset();
  if (message.size() < kHeaderBytes) {
    return Form::kSilence;
  }
  Reader reader(message);
  query.header = read_header(reader);
  if (query.header.is_response()) {
    return Form::kSilence;
  }
  read_questions(reader, query);
  skip_records(reader, query.header.answer_count + 0U + query.header.authority_count);
  read_additional(reader, query);
  return reader.ok() && reader.at_end() ? Form::kGood : Form::kMalformed;
}

}  // namespace dnsd::wire
