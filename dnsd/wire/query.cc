#include "dnsd/wire/query.h"

#include <utility>

#include "dnsd/wire/rdata_form.h"
#include "dnsd/wire/record.h"

namespace dnsd::wire {
namespace {

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

// Records that no query needs are read all the same, as far as to tell whether they can be: what stands behind one
// that cannot is looked at nevertheless, for an OPT record. A query has one such record at most (IXFR's SOA); no more
// than kMostRecords are looked at, so that a message full of them costs little more than its length.
class OtherRecords {
 public:
  explicit OtherRecords(ByteView message) : message_(message) {}

  void look_at(const Record& record) {
    if (left_ == 0) {
      return;
    }
    --left_;
    LoweredName owner;
    // Data of another class, too: NSD and Knot go by the type alone, and BIND takes no class but the question's. No
    // data is no fault there (RFC 2136 section 2.4).
    const bool has_no_data = record.record_class != kClassIn && record.rdata.empty();
    const bool is_good = expand_name(message_, record.owner_at, owner) &&
                         (has_no_data || is_readable(message_, record.type, record.rdata));
    all_good_ = all_good_ && is_good;
  }
  [[nodiscard]] bool all_good() const { return all_good_; }

 private:
  static constexpr unsigned kMostRecords = 16;
  ByteView message_;
  unsigned left_ = kMostRecords;
  bool all_good_ = true;
};

// OPT and TSIG have their place in the additional section only (RFC 6891 6.1.1, RFC 8945 5.1).
void skip_records(Reader& reader, unsigned count, OtherRecords& others) {
  for (; count > 0 && reader.ok(); --count) {
    const Record record = read_record(reader);
    if (record.type == RecordType::kOpt || record.type == kTypeTsig) {
      reader.fail();
    } else if (reader.ok()) {
      others.look_at(record);
    }
  }
}

// False: a fault, behind which the rest can be read all the same.
bool take_opt(const Record& record, Query& query, bool& seen) {
  const std::optional<Edns> edns = parse_opt(record.record_class, record.ttl, record.rdata);
  if (std::exchange(seen, true) || !record.owner_is_root || !edns) {
    query.edns.reset();
    return false;
  }
  query.edns = edns;
  return !edns->has_bad_option;  // the record itself is good: the FORMERR carries one (RFC 6891 section 7)
}

// False: an OPT record is at fault. The answer to such a query is signed like any other, so that its TSIG record is
// looked for nevertheless.
bool read_additional(Reader& reader, Query& query, OtherRecords& others) {
  bool seen_opt = false;
  bool good = true;
  for (unsigned left = query.header.additional_count; left > 0 && reader.ok(); --left) {
    const Record record = read_record(reader);
    if (!reader.ok()) {
      return good;
    }
    if (record.type == RecordType::kOpt) {
      good = take_opt(record, query, seen_opt) && good;
    } else if (record.type == kTypeTsig) {
      query.tsig = parse_tsig(record);
      if (left != 1 || !query.tsig) {
        reader.fail();
      }
    } else {
      others.look_at(record);
    }
  }
  return good;
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
  OtherRecords others(message);
  skip_records(reader, query.header.answer_count + 0U + query.header.authority_count, others);
  const bool good_opt = read_additional(reader, query, others);
  const bool whole = reader.ok() && reader.at_end();
  if (!whole) {
    query.tsig.reset();
  }
  return whole && good_opt && others.all_good() ? Form::kGood : Form::kMalformed;
}

}  // namespace dnsd::wire
