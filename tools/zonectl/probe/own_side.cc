#include "tools/zonectl/probe/own_side.h"

#include <algorithm>
#include <array>
#include <future>
#include <span>
#include <thread>

#include "tools/zonectl/probe/side_by_side.h"
#include "zonestore/base/joined.h"

namespace zonectl::probe {

using zonestore::Bytes;
using zonestore::ExpectedSlot;
using zonestore::ExpectedZone;
using zonestore::RecordSet;
using zonestore::RecordType;
using zonestore::Serial;
using zonestore::ServerEvidence;
using zonestore::Verdict;

namespace {

constexpr std::array kManners{Manner{Transport::kUdp, true, false}, Manner{Transport::kUdp, false, false},
                              Manner{Transport::kTcp, true, false}, Manner{Transport::kTcp, false, false}};
// A change that was made a moment ago may still be on its way: what differs is looked at once more after this.
constexpr zonestore::Milliseconds kSecondLook{1500};
constexpr zonestore::Milliseconds kQuickSecondLook{300};

std::vector<Bytes> rdata_of(const Reply& reply, const zonestore::Name& owner, RecordType type) {
  std::vector<Bytes> rdata;
  for (Record& record : reply.records(owner, type)) {
    rdata.push_back(std::move(record.rdata));
  }
  zonestore::put_in_canonical_order(rdata);
  return rdata;
}

// What one server says to one question in each manner.
struct Said {
  bool answered = false;                 // in at least one manner
  bool lame = false;                     // in at least one
  std::string silent;                    // "UDP with EDNS, ..."
  std::string failure;                   // why it is lame
  std::vector<std::vector<Bytes>> data;  // different ones
};

void take_reply(Said& said, const Reply& reply, const Question& question, const Manner& manner) {
  if (!reply.answered) {
    zonestore::append_joined(said.silent, ", ", to_text(manner));
    return;
  }
  said.answered = true;
  if ((reply.rcode != kNoError && reply.rcode != kNxDomain) || !reply.authoritative) {
    said.lame = true;
    said.failure = reply.rcode == kNoError || reply.rcode == kNxDomain ? "is not authoritative"
                                                                       : "answers " + rcode_text(reply.rcode);
    return;
  }
  if (reply.truncated && manner.transport == Transport::kUdp) {
    return;  // rightly: TCP has the whole
  }
  std::vector<Bytes> data = rdata_of(reply, question.name, question.type);
  if (std::find(said.data.begin(), said.data.end(), data) == said.data.end()) {
    said.data.push_back(std::move(data));
  }
}

Said say(const NameServer& server, const Question& question, const Patience& patience) {
  Said said;
  take_reply(said, exchange(server.address, question, kManners.front(), patience), question, kManners.front());
  if (!said.answered) {  // one more question, over TCP, tells a dead server from a deaf one
    const Manner tcp{Transport::kTcp, true, false};
    if (!exchange(server.address, question, tcp, {patience.timeout, 1, patience.until}).answered) {
      return said;
    }
  }
  for (const Manner& manner : std::span(kManners).subspan(1)) {
    take_reply(said, exchange(server.address, question, manner, patience), question, manner);
  }
  return said;
}

std::optional<Serial> serial_of(const Said& said) {
  std::optional<Serial> lowest;
  for (const std::vector<Bytes>& data : said.data) {
    const auto soa = data.empty() ? tl::unexpected(zonestore::Error{}) : zonestore::parse_soa_rdata(data.front());
    if (soa && (!lowest || zonestore::is_before(Serial{soa->serial}, *lowest))) {
      lowest = Serial{soa->serial};
    }
  }
  return lowest;
}

void judge_said(ServerEvidence& evidence, const Said& said, const ExpectedZone& zone) {
  evidence.serial = serial_of(said);
  if (!said.answered) {
    evidence.verdict = Verdict::kUnreachable;
    evidence.detail = "no answer over UDP or TCP";
  } else if (said.lame || !evidence.serial) {
    evidence.verdict = Verdict::kLame;
    evidence.detail = said.failure.empty() ? "has no SOA" : said.failure;
  } else if (zonestore::is_before(*evidence.serial, zone.serial)) {
    evidence.verdict = Verdict::kLagging;
    evidence.detail = "serves serial " + std::to_string(evidence.serial->value) + ", the store has " +
                      std::to_string(zone.serial.value);
  } else if (!said.silent.empty()) {
    evidence.verdict = Verdict::kIncomplete;
    evidence.detail = "no answer over " + said.silent;
  } else {
    evidence.verdict = Verdict::kOk;
    evidence.detail = "serial " + std::to_string(evidence.serial->value);
  }
}

bool serves(const NameServer& server, const RecordSet& set, const Patience& patience) {
  const Said said = say(server, {set.owner, set.type}, patience);
  return said.lame || !said.answered || said.data == std::vector<std::vector<Bytes>>{set.rdata};
}

ServerEvidence look_at_server(const ExpectedZone& zone, const NameServer& server, const Patience& patience) {
  ServerEvidence evidence{zone.apex, server.to_text(), Verdict::kOk, std::nullopt, ""};
  judge_said(evidence, say(server, {zone.apex, RecordType::kSoa}, patience), zone);
  if (evidence.verdict == Verdict::kLagging) {
    std::this_thread::sleep_for(kSecondLook);
    judge_said(evidence, say(server, {zone.apex, RecordType::kSoa}, patience), zone);
  }
  // A server at a later serial than was read may rightly differ.
  const bool is_comparable = evidence.verdict == Verdict::kOk && evidence.serial == zone.serial;
  for (const RecordSet& set : zone.record_sets) {
    if (is_comparable && !serves(server, set, patience)) {
      evidence.verdict = Verdict::kLagging;
      evidence.detail = "serves another " + zonestore::to_text(set.type) + " record at " +
                        set.owner.to_text_no_dot() + " than the store has";
    }
  }
  return evidence;
}

struct SlotLook {
  std::vector<std::string> lagging;
  std::vector<std::string> failed;
  std::vector<std::string> good;
  std::vector<Bytes> seen;
};

// Is one of them a server that was not known to lag? It may follow in a moment.
bool may_follow(const World& world, const SlotLook& seen) {
  return std::any_of(seen.lagging.begin(), seen.lagging.end(), [&world](const std::string& server) {
    return std::find(world.lagging_servers.begin(), world.lagging_servers.end(), server) ==
           world.lagging_servers.end();
  });
}

std::vector<Bytes> wanted_at(const ExpectedSlot& slot) {
  return slot.rdata ? std::vector<Bytes>{*slot.rdata} : std::vector<Bytes>{};
}

void take_reply(SlotLook& result, const ExpectedSlot& slot, const NameServer& server, const Said& said) {
  for (const std::vector<Bytes>& data : said.data) {
    for (const Bytes& rdata : data) {
      if (std::find(result.seen.begin(), result.seen.end(), rdata) == result.seen.end()) {
        result.seen.push_back(rdata);
      }
    }
  }
  if (!said.answered || said.lame) {
    result.failed.push_back(server.to_text());
  } else if (said.data != std::vector<std::vector<Bytes>>{wanted_at(slot)}) {
    result.lagging.push_back(server.to_text());
  } else {
    result.good.push_back(server.to_text());
    if (!said.silent.empty()) {
      result.failed.push_back(server.to_text() + " over " + said.silent);
    }
  }
}

SlotLook see_slot(const World& world, const ExpectedSlot& slot) {
  SlotLook result;
  result.failed = world.silent_servers;
  const std::vector<Said> said = side_by_side(world.own_servers.size(), [&](std::size_t i) {
    return say(world.own_servers.at(i), {slot.owner, RecordType::kTxt}, world.patience);
  });
  for (std::size_t i = 0; i < said.size(); ++i) {
    take_reply(result, slot, world.own_servers.at(i), said.at(i));
  }
  return result;
}

Said say_once(const NameServer& server, const Question& question, const Patience& patience) {
  Said said;
  take_reply(said, ask(server.address, question, false, patience), question, {Transport::kTcp, true, false});
  return said;
}

SlotLook look_quickly(const World& world, const ExpectedSlot& slot) {
  std::vector<std::future<Said>> asked;  // all at once: the time is short
  asked.reserve(world.own_servers.size());
  for (const NameServer& server : world.own_servers) {
    asked.push_back(std::async(std::launch::async, [&world, &slot, &server] {
      return say_once(server, {slot.owner, RecordType::kTxt}, world.patience);
    }));
  }
  SlotLook result;
  result.failed = world.silent_servers;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    take_reply(result, slot, world.own_servers.at(i), asked.at(i).get());
  }
  return result;
}

}  // namespace

std::vector<ServerEvidence> look_at_zone(const World& world, const ExpectedZone& zone,
                                         const std::vector<NameServer>& servers) {
  return side_by_side(servers.size(),
                      [&](std::size_t i) { return look_at_server(zone, servers.at(i), world.patience); });
}

namespace {

OwnSlot told(const World& world, const ExpectedSlot& slot, SlotLook seen) {
  OwnSlot own;
  own.finding.subject = zonestore::dkim::to_text(slot.slot);
  const std::string owner = slot.owner.to_text_no_dot();
  if (!seen.lagging.empty()) {
    own.finding.verdict = Verdict::kLagging;
    own.finding.severity = Severity::kBad;
    own.finding.detail =
        zonestore::joined(seen.lagging, ", ") + " serves other bytes at " + owner + " than the store has";
  } else if (seen.good.empty()) {
    own.finding.verdict = Verdict::kUnreachable;
    own.finding.severity = Severity::kBad;
    own.finding.detail = seen.failed.empty()
                             ? "there is no name server to ask for " + owner
                             : "no answer for " + owner + " from " + zonestore::joined(seen.failed, ", ");
  } else {
    own.finding.detail = "served by " + std::to_string(seen.good.size()) + " of " +
                         std::to_string(world.own_servers.size() + world.silent_servers.size()) + " name servers";
    if (!seen.failed.empty()) {
      own.finding.severity = Severity::kWarning;
      own.finding.detail += "; no answer from " + zonestore::joined(seen.failed, ", ");
    }
  }
  own.finding.asked = world.silent_servers;
  for (const NameServer& server : world.own_servers) {
    own.finding.asked.push_back(server.to_text());
  }
  own.finding.served = std::move(seen.good);
  own.finding.behind = std::move(seen.lagging);
  own.seen = std::move(seen.seen);
  return own;
}

}  // namespace

OwnSlot look_at_own_slot(const World& world, const ExpectedSlot& slot) {
  SlotLook seen = see_slot(world, slot);
  if (may_follow(world, seen)) {
    std::this_thread::sleep_for(kSecondLook);
    seen = see_slot(world, slot);
  }
  return told(world, slot, std::move(seen));
}

OwnSlot look_quickly_at_own_slot(const World& world, const ExpectedSlot& slot) {
  SlotLook seen = look_quickly(world, slot);
  if (!seen.lagging.empty()) {
    std::this_thread::sleep_for(kQuickSecondLook);
    seen = look_quickly(world, slot);
  }
  return told(world, slot, std::move(seen));
}

}  // namespace zonectl::probe
