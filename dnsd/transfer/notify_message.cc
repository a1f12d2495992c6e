#include "dnsd/transfer/notify_message.h"

#include <algorithm>

#include "dnsd/wire/answer_writer.h"
#include "dnsd/wire/record.h"
#include "dnsd/zone/record_layout.h"

namespace dnsd::transfer {
namespace {

using zonestore::RecordType;
using Reaction = NotifyPlan::Reaction;

constexpr std::uint16_t kNotifyFlags =
    static_cast<std::uint16_t>(static_cast<unsigned>(wire::Opcode::kNotify) << 11U | wire::kFlagAuthoritative);

zonestore::Bytes question_of(const zone::Zone& zone) {
  zonestore::Bytes question(zone.apex.wire().begin(), zone.apex.wire().end());
  question.resize(question.size() + 4);
  wire::store_u16(question.data() + question.size() - 4, static_cast<std::uint16_t>(RecordType::kSoa));
  wire::store_u16(question.data() + question.size() - 2, wire::kClassIn);
  return question;
}

// The TSIG record that an answer ends with.
std::optional<wire::Tsig> find_tsig(wire::ByteView answer) {
  wire::Reader reader(answer);
  reader.take(wire::kHeaderBytes);
  if (wire::load_u16(answer.data() + 4) == 1) {
    wire::skip_name(reader);
    reader.take(4);
  }
  unsigned left =
      wire::load_u16(answer.data() + 6) + 0U + wire::load_u16(answer.data() + 8) + wire::load_u16(answer.data() + 10);
  wire::Record record;
  for (; left > 0 && reader.ok(); --left) {
    record = wire::read_record(reader);
  }
  if (!reader.ok() || !reader.at_end() || record.type != wire::kTypeTsig) {
    return std::nullopt;
  }
  return wire::parse_tsig(record);
}

// Of another question than ours it is no answer to ours; without one it may be.
bool has_our_question(wire::ByteView answer, const zonestore::Name& apex) {
  const unsigned questions = wire::load_u16(answer.data() + 4);
  if (questions == 0) {
    return true;
  }
  wire::LoweredName name;
  wire::Reader reader(answer);
  reader.take(wire::kHeaderBytes);
  wire::read_uncompressed_name(reader, name);
  return questions == 1 && reader.ok() && wire::is_same(name.view(), apex.wire());
}

}  // namespace

SentNotify make_notify(const zone::Zone& zone, std::uint16_t id, const wire::TsigKey* key,
                       std::uint64_t unix_seconds) {
  SentNotify sent{.id = id, .key = key};
  sent.message.resize(2 * wire::kPlainUdpBytes);
  std::size_t size = 0;
  {
    const zonestore::Bytes question = question_of(zone);
    wire::AnswerWriter writer(sent.message, wire::kPlainUdpBytes, nullptr);
    writer.add_question(question);
    const zone::NodeView apex = zone.names.find({}, zone.apex_hash);
    const auto soa = apex ? apex.find(RecordType::kSoa) : std::nullopt;
    wire::ByteView rest = soa ? soa->answer : wire::ByteView();
    wire::RecordView record;
    if (zone::take_record(rest, record)) {
      (void)writer.add_record(wire::Section::kAnswer, zone.apex.wire(), record);  // a hint: it may be left out
    }
    size = writer.finish(id, kNotifyFlags, wire::Rcode::kNoError);
  }
  wire::store_u16(sent.message.data() + 2, kNotifyFlags);  // a request: QR clear
  if (key != nullptr) {
    wire::TsigChain chain(*key, {}, id);
    size = chain.sign(sent.message, size, unix_seconds);
    sent.mac.assign(chain.mac().begin(), chain.mac().end());
  }
  sent.message.resize(size);
  return sent;
}

std::optional<Reaction> read_notify_answer(wire::ByteView answer, const SentNotify& sent, const zonestore::Name& apex,
                                           const wire::TsigKeys& keys, std::uint64_t unix_seconds) {
  constexpr unsigned kRcodeMask = 0x000F;
  if (answer.size() < wire::kHeaderBytes || wire::load_u16(answer.data()) != sent.id) {
    return std::nullopt;
  }
  const unsigned flags = wire::load_u16(answer.data() + 2);
  const bool is_answer =
      (flags & wire::kFlagResponse) != 0 && (flags & wire::kMaskOpcode) == (kNotifyFlags & wire::kMaskOpcode);
  const auto rcode = static_cast<wire::Rcode>(flags & kRcodeMask);
  if (!is_answer || rcode == wire::Rcode::kServFail || !has_our_question(answer, apex)) {
    return std::nullopt;
  }
  if (sent.key != nullptr) {
    const std::optional<wire::Tsig> tsig = find_tsig(answer);
    const wire::Signature signature =
        tsig ? wire::verify(answer, *tsig, keys, unix_seconds, sent.mac) : wire::Signature();
    if (!signature.is_good() || signature.key != sent.key) {  // another peer has a key of ours, too
      return rcode == wire::Rcode::kNotAuth ? std::optional(Reaction::kUnverified) : std::nullopt;
    }
  }
  return rcode == wire::Rcode::kNoError ? Reaction::kTaken : Reaction::kRefused;
}

}  // namespace dnsd::transfer
