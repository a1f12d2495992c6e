#include "tests/fuzz/responder_image.h"

#include <string>
#include <string_view>
#include <vector>

#include "dnsd/zone/image_builder.h"
#include "tests/fuzz/require.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::fuzz {
namespace {

using zonestore::Bytes;
using zonestore::Name;
using zonestore::RecordType;

Name parse(std::string_view text) {
  return Name::parse(text).value();
}

Bytes name_rdata(std::string_view text, Bytes before = {}) {
  const Name name = parse(text);
  before.insert(before.end(), name.wire().begin(), name.wire().end());
  return before;
}

class ZoneMaker {
 public:
  ZoneMaker(zone::ImageBuilder& builder, std::string_view apex, const Name& primary)
      : builder_(builder), zone_(builder.add_zone(parse(apex), 64)) {
    put(apex, RecordType::kSoa, {zonestore::soa_rdata({primary, primary, 1, 1, 1, 1, 60})});
  }

  void put(std::string_view owner, RecordType type, const std::vector<Bytes>& rdata) {
    FUZZ_REQUIRE(builder_.put(zone_, parse(owner), type, zonestore::Ttl{300}, zonestore::pack_rdata(rdata)));
  }
  void cname(std::string_view owner, std::string_view target) {
    put(owner, RecordType::kCname, {name_rdata(target)});
  }
  void dname(std::string_view owner, std::string_view target) {
    put(owner, RecordType::kDname, {name_rdata(target)});
  }
  void address(std::string_view owner) { put(owner, RecordType::kA, {Bytes{192, 0, 2, 1}}); }
  void text(std::string_view owner, const std::string& text) {
    put(owner, RecordType::kTxt, {zonestore::txt_rdata(text)});
  }
  void servers(std::string_view owner, const std::vector<std::string_view>& names) {
    std::vector<Bytes> rdata;
    for (const std::string_view name : names) {
      rdata.push_back(name_rdata(name));
    }
    put(owner, RecordType::kNs, rdata);
  }

 private:
  zone::ImageBuilder& builder_;
  zone::ZoneIndex zone_;
};

// A name of 193 bytes: with 62 more it is as long as a name may be.
std::string long_name() {
  return std::string(63, 'l') + "." + std::string(63, 'm') + "." + std::string(63, 'n');
}

std::vector<Bytes> many_texts() {
  std::vector<Bytes> rdata;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    rdata.push_back(zonestore::txt_rdata(std::string(60, letter)));
  }
  return rdata;
}

void put_data(ZoneMaker& zone) {
  zone.servers("a", {"n.a", "m"});
  zone.address("n.a");
  zone.put("n.a", RecordType::kAaaa, {Bytes(16, 1)});
  zone.text("s._d.a", std::string(410, 'k'));       // and "_d.a", which has no records
  zone.text("b.a", std::string(1100, 'y'));         // more than 512 bytes
  zone.put("x.a", RecordType::kTxt, many_texts());  // more than UDP takes
  zone.address("t.a");
  zone.put("p.a", RecordType::kMx, {name_rdata("t.a", {0, 10}), name_rdata("p.a", {0, 20})});
  zone.put("r.a", RecordType::kSrv, {name_rdata("t.a", {0, 1, 0, 2, 0, 3})});
  zone.put("y.a", RecordType{65280}, {Bytes{1, 2, 3}});
}

void put_chains(ZoneMaker& zone) {
  zone.cname("c.a", "t.a");
  zone.cname("k.a", "c.a");
  zone.cname("e.a", "nowhere.a");
  zone.cname("o.a", "w.q");  // out of our zones
  zone.cname("1.a", "2.a");  // round and round
  zone.cname("2.a", "1.a");
  zone.cname("3.a", "h.u.a");     // below a cut
  zone.cname("4.a", "any.w.a");   // to a wildcard
  zone.cname("5.a", "b.a");       // to what does not fit
  zone.cname("6.a", "deep.d.a");  // into a DNAME
  zone.cname("8.a", "other.z");   // into another zone
  zone.dname("d.a", "e.z");
  zone.text("d.a", "at the DNAME");
  zone.text("x.d.a", "hidden by the DNAME");
  zone.dname("f.a", long_name());
  zone.dname("g.a", "g.g.a");  // grows with each turn
}

void put_wildcards_and_cuts(ZoneMaker& zone) {
  zone.text("*.w.a", "wild");
  zone.address("sub.*.w.a");  // not below the wildcard, which is a name like any other
  zone.cname("*.v.a", "t.a");
  zone.servers("u.a", {"n.u.a", "n.a", "m"});
  zone.put("u.a", RecordType::kDs, {Bytes{1, 1, 13, 2, 0, 0}});
  zone.address("n.u.a");
  zone.put("n.u.a", RecordType::kAaaa, {Bytes(16, 2)});
  zone.address("h.u.a");  // hidden by the cut
  zone.servers("i.a", {"n.a"});
  // More glue than fits 512 bytes.
  zone.servers("j.a", {"1.j.a", "2.j.a", "3.j.a"});
  for (const std::string_view server : {"1.j.a", "2.j.a", "3.j.a"}) {
    std::vector<Bytes> addresses;
    for (std::uint8_t last = 0; last < 8; ++last) {
      addresses.push_back(Bytes(16, last));
    }
    zone.put(server, RecordType::kAaaa, addresses);
  }
}

}  // namespace

std::shared_ptr<const zone::Image> make_image() {
  zone::ImageBuilder builder;
  ZoneMaker rich(builder, "a", parse("n.a"));
  put_data(rich);
  put_chains(rich);
  put_wildcards_and_cuts(rich);
  ZoneMaker child(builder, "i.a", parse("n.a"));
  child.servers("i.a", {"n.a"});
  child.address("t.i.a");
  ZoneMaker other(builder, "z", parse(long_name()));
  other.text("*.z", "wild at the apex");
  other.address("e.z");
  other.cname("c.e.z", "k.a");
  return builder.finish().value();
}

}  // namespace dnsd::fuzz
