// What a stranger's name server may send to a look: ldns reads it, and what it comes to is judged as SPF and DMARC.
// Input: the packet; its id is made that of the question, which every server that is asked knows.
#include <string>
#include <vector>

#include "tests/fuzz/require.h"
#include "tools/zonectl/probe/dmarc/diagnosis.h"
#include "tools/zonectl/probe/reply.h"
#include "tools/zonectl/probe/spf/diagnosis.h"
#include "zonestore/zone/record_set.h"

namespace {

using zonectl::probe::Found;
using zonectl::probe::Record;
using zonectl::probe::Reply;
using zonestore::Bytes;
using zonestore::Name;
using zonestore::RecordType;

constexpr std::uint16_t kId = 0x1234;

void check_records(const std::vector<Record>& records) {
  for (const Record& record : records) {
    FUZZ_REQUIRE(Name::from_wire(record.owner.wire()).has_value());
    FUZZ_REQUIRE(record.rdata.size() <= 0xffff);
  }
}

// As texts, whatever their type; they end where a length leads behind the end.
std::vector<std::string> texts_of(const std::vector<Record>& records) {
  std::vector<std::string> texts;
  for (const Record& record : records) {
    std::string text;
    for (std::size_t at = 0; at < record.rdata.size() && at + record.rdata[at] < record.rdata.size();
         at += record.rdata[at] + std::size_t{1}) {
      text.append(reinterpret_cast<const char*>(record.rdata.data()) + at + 1, record.rdata[at]);
    }
    texts.push_back(text);
  }
  return texts;
}

// Whatever is asked further gets the same records again.
void judge(const Reply& reply, const Name& domain) {
  const std::vector<std::string> texts = texts_of(reply.answer);
  unsigned asked = 0;
  const auto look_up = [&](const Name&, RecordType) {
    FUZZ_REQUIRE(++asked <= 1000);  // a record that includes itself ends, too
    return Found{false, texts, texts.size()};
  };
  const auto spf = zonectl::probe::diagnose_spf({domain, {texts}, *Name::parse("spf.secutix.com")}, look_up);
  FUZZ_REQUIRE(spf.subject == "spf");
  const auto dmarc =
      zonectl::probe::diagnose_dmarc({domain, {{domain, zonectl::probe::DmarcPlace::Kind::kDomain, false, texts}}});
  FUZZ_REQUIRE(dmarc.subject == "dmarc" && dmarc.severity != zonectl::probe::Severity::kBad);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Name domain = *Name::parse("mosamuseum.com");
  Bytes packet(data, data + size);
  if (packet.size() >= 2) {
    packet[0] = kId >> 8U;
    packet[1] = kId & 0xffU;
  }
  const Reply reply = zonectl::probe::read_reply(packet, kId, {domain, RecordType::kTxt});
  FUZZ_REQUIRE(reply.answered == reply.failure.empty());
  if (!reply.answered) {
    return 0;
  }
  check_records(reply.answer);
  check_records(reply.authority);
  check_records(reply.additional);
  judge(reply, domain);
  return 0;
}
