#include "dnsd/answer/chase.h"

#include <algorithm>
#include <array>
#include <optional>

#include "dnsd/answer/sections.h"
#include "dnsd/zone/look_up.h"
#include "dnsd/zone/record_layout.h"

namespace dnsd::answer {
namespace {

using wire::ByteView;
using wire::Rcode;
using wire::RecordView;
using zone::Found;
using zone::Match;
using zone::NodeView;
using zone::Place;
using zone::RecordSetView;
using zone::Zone;
using zonestore::RecordType;

// RFC 8482 section 4.1: for ANY, one record set stands for all.
std::optional<RecordSetView> choose_record_set(NodeView node, RecordType type) {
  if (type != RecordType::kAny) {
    return node.find(type);
  }
  return node.record_set_count() == 0 ? std::nullopt : std::optional(node.record_set(0));
}

class Chase {
 public:
  Chase(Reply& reply, const zone::Image& image)
      : reply_(reply),
        image_(image),
        type_(reply.query.question.type),
        sought_(&reply.query.question.name),
        owner_{reply.query.question.bytes.first(sought_->size), true} {}

  void run() {
    while (answer_name()) {
    }
  }

 private:
  // True: a CNAME or a DNAME has led to another name.
  bool answer_name();
  bool answer_from(const Zone& zone, const Found& found);
  void answer_negative(const Zone& zone, Rcode rcode);
  void refer(const Zone& zone, const Found& cut);
  bool redirect(const Found& dname);
  bool follow(ByteView target, std::uint64_t by);
  [[nodiscard]] Place place_of_name() const;
  bool truncate_unless(bool all_fits);
  void note_given(RecordType type);
  [[nodiscard]] bool is_first() const { return changes_ == 0; }

  Reply& reply_;
  const zone::Image& image_;
  RecordType type_;
  const wire::LoweredName* sought_;  // the question's, then target_
  Owner owner_;                      // of what is found there
  wire::LoweredName target_;
  std::array<std::uint8_t, zonestore::kMaxNameBytes> synthesized_;  // what owner_ views after a DNAME
  std::array<std::uint64_t, kMostChanges> been_at_;                 // hashes of the names that were left
  std::array<std::uint64_t, kMostChanges> given_;                   // the sources of the CNAME or DNAME that led away
  unsigned changes_ = 0;
};

bool Chase::answer_name() {
  const Place place = place_of_name();
  if (place.zone == nullptr) {
    if (is_first()) {
      reply_.rcode = Rcode::kRefused;
      reply_.writer.explain(wire::ExtendedError::kNotAuthoritative);
    }
    return false;
  }
  const auto cut_itself = type_ == RecordType::kDs ? zone::CutItself::kIsOurs : zone::CutItself::kIsBelow;
  const Found found = look_up(place, *sought_, cut_itself);
  const Zone& zone = *place.zone;
  if (is_first()) {
    reply_.zone = &zone;
    reply_.source = found.source;
    reply_.authoritative = found.match != Match::kCut;
  }
  switch (found.match) {
    case Match::kExact:
    case Match::kWildcard:
      return answer_from(zone, found);
    case Match::kCut:
      refer(zone, found);
      return false;
    case Match::kDname:
      return redirect(found);
    case Match::kNone:
      answer_negative(zone, Rcode::kNxDomain);
      return false;
  }
  return false;
}

// DS records stand above the cut: of a zone's apex they are the parent's, if that is ours too (RFC 4035
// section 3.1.4.1).
Place Chase::place_of_name() const {
  const Zone* zone = is_first() ? reply_.place.zone : image_.apexes.find(*sought_);
  if (zone != nullptr && type_ == RecordType::kDs && zone->apex.size_bytes() == sought_->size) {
    const Zone* parent = image_.apexes.find_above(*sought_);
    return zone::place_in(parent != nullptr ? *parent : *zone, *sought_);
  }
  if (is_first() || zone == nullptr) {
    return is_first() ? reply_.place : Place{};
  }
  return zone::place_in(*zone, *sought_);
}

bool Chase::answer_from(const Zone& zone, const Found& found) {
  if (const auto record_set = choose_record_set(found.node, type_)) {
    reply_.kind = AnswerKind::kPositive;
    note_given(record_set->type);
    if (truncate_unless(add_answer(reply_.writer, owner_, *record_set)) && type_ == RecordType::kNs) {
      add_server_addresses(reply_.writer, *record_set, zone);
    }
    return false;
  }
  const auto cname = found.node.find(RecordType::kCname);
  if (!cname) {
    answer_negative(zone, Rcode::kNoError);
    return false;
  }
  reply_.kind = AnswerKind::kPositive;
  note_given(RecordType::kCname);
  ByteView rest = cname->answer;
  RecordView record;
  return truncate_unless(add_answer(reply_.writer, owner_, *cname)) && zone::take_record(rest, record) &&
         follow(record.rdata, found.source);
}

void Chase::answer_negative(const Zone& zone, Rcode rcode) {
  reply_.rcode = rcode;
  if (is_first()) {
    reply_.kind = rcode == Rcode::kNxDomain ? AnswerKind::kNxDomain : AnswerKind::kNoData;
  }
  const std::size_t apex_at = sought_->size - zone.apex.size_bytes();
  truncate_unless(add_negative_soa(reply_.writer, owner_, apex_at, zone));
}

void Chase::refer(const Zone& zone, const Found& cut) {
  if (is_first()) {
    reply_.kind = AnswerKind::kReferral;
  }
  truncate_unless(add_referral(reply_.writer, owner_.name.subspan(cut.owner_at), cut.node, zone));
}

// RFC 6672 section 3.1: the DNAME record, and a CNAME record made of it with its TTL.
bool Chase::redirect(const Found& dname) {
  reply_.kind = AnswerKind::kPositive;
  note_given(RecordType::kDname);
  const std::size_t owner_at = dname.owner_at;
  const auto record_set = dname.node.find(RecordType::kDname);
  ByteView rest = record_set->answer;
  RecordView record;
  const bool is_new = std::find(given_.begin(), given_.begin() + changes_, dname.source) == given_.begin() + changes_;
  if (is_new && !truncate_unless(add_answer(reply_.writer, {owner_.name.subspan(owner_at), false}, *record_set))) {
    return false;
  }
  if (!zone::take_record(rest, record) || !wire::is_one_name(record.rdata)) {
    return false;
  }
  std::array<std::uint8_t, zonestore::kMaxNameBytes> name;
  const std::size_t size = owner_at + record.rdata.size();
  if (size > name.size()) {
    reply_.rcode = Rcode::kYxDomain;
    return false;
  }
  std::copy_n(owner_.name.begin(), owner_at, name.begin());
  std::copy(record.rdata.begin(), record.rdata.end(), name.begin() + static_cast<std::ptrdiff_t>(owner_at));
  const RecordView cname{RecordType::kCname, record.ttl, {name.data(), size}};
  const bool is_asked_for = type_ == RecordType::kCname || type_ == RecordType::kAny;
  if (!truncate_unless(reply_.writer.add_record(wire::Section::kAnswer, owner_.name, cname)) || is_asked_for) {
    return false;
  }
  synthesized_ = name;
  return follow({synthesized_.data(), size}, dname.source);
}

// `target`: in the image, or synthesized_; owner_ goes on to view it. `by`: the source of what led there. No store of
// ours holds other data than a name under a CNAME or a DNAME; whoever reads it must not rely on that.
bool Chase::follow(ByteView target, std::uint64_t by) {
  if (changes_ == kMostChanges || !wire::is_one_name(target)) {
    return false;
  }
  given_[changes_] = by;
  been_at_[changes_++] = zone::hash_name(sought_->view());
  wire::lower_name(target, target_);
  sought_ = &target_;
  owner_ = {target, false};
  const auto end = been_at_.begin() + changes_;
  return std::find(been_at_.begin(), end, zone::hash_name(target_.view())) == end;
}

void Chase::note_given(RecordType type) {
  if (is_first()) {
    reply_.given = type;
  }
}

// Gives back what it was told.
bool Chase::truncate_unless(bool all_fits) {
  if (!all_fits) {
    reply_.writer.truncate();
  }
  return all_fits;
}

}  // namespace

void answer_from_zones(Reply& reply, const zone::Image& image) {
  Chase(reply, image).run();
}

}  // namespace dnsd::answer
