// A store with a zone example.com that takes static records.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/zones/static_records.h"
#include "zonestore/operations/zones/zone_import.h"
#include "zonestore/zone/record_data.h"

namespace tests {

class StaticZone : public StoreFixture {
 protected:
  StaticZone() { EXPECT_EQ(imported(head()).fault_count, 0U); }

  static std::string head(const std::string& servers = "ns1.other.net.") {
    return "$ORIGIN example.com.\n$TTL 300\n@ SOA m.other.net. h.other.net. 1 3600 600 86400 60\n@ NS " + servers +
           "\n";
  }
  static zonestore::Name name(const std::string& text) {
    return *zonestore::name_from_text(text, *zonestore::Name::parse("example.com"));
  }
  static zonestore::RecordAddition addition(const std::string& owner, const std::string& type,
                                            const std::string& data, std::optional<std::uint32_t> ttl = {}) {
    zonestore::RecordAddition record;
    record.owner = name(owner);
    record.type = *zonestore::parse_record_type(type);
    record.rdata = *zonestore::rdata_from_text(record.type, data, name("@"));
    if (ttl) {
      record.ttl = zonestore::Ttl{*ttl};
    }
    return record;
  }

  auto try_add(const std::string& owner, const std::string& type, const std::string& data,
               std::optional<std::uint32_t> ttl = {}) {
    return zonestore::add_record(*store_, context_, apex_, addition(owner, type, data, ttl));
  }
  zonestore::RecordsChanged add(const std::string& owner, const std::string& type, const std::string& data,
                                std::optional<std::uint32_t> ttl = {}) {
    auto added = try_add(owner, type, data, ttl);
    EXPECT_TRUE(added) << added.error().message;
    return added ? *added : zonestore::RecordsChanged{};
  }
  zonestore::RecordsChanged add_with_glue(const std::string& owner, const std::string& server,
                                          const std::string& address) {
    zonestore::RecordAddition record = addition(owner, "NS", server);
    record.glue = {*zonestore::rdata_from_text(zonestore::RecordType::kA, address, name("@"))};
    auto added = zonestore::add_record(*store_, context_, apex_, record);
    EXPECT_TRUE(added) << added.error().message;
    return added ? *added : zonestore::RecordsChanged{};
  }
  auto try_remove(const std::string& owner, const std::string& type, const std::string& data = "") {
    const zonestore::RecordType of = *zonestore::parse_record_type(type);
    return zonestore::remove_record(
        *store_, context_, apex_, name(owner), of,
        data.empty() ? std::nullopt : std::optional(*zonestore::rdata_from_text(of, data, name("@"))));
  }

  // Every static record as "owner ttl type data", and the same of what is published, but for SOA and NS of the apex.
  std::vector<std::string> records() {
    std::vector<std::string> lines;
    EXPECT_TRUE(zonestore::list_records(*store_, apex_, std::nullopt, [&](const zonestore::RecordSet& set) {
      for (const zonestore::Bytes& rdata : set.rdata) {
        lines.push_back(set.owner.to_text_no_dot() + " " + std::to_string(zonestore::seconds(set.ttl)) + " " +
                        to_text(set.type) + " " + *zonestore::rdata_to_text(set.type, rdata));
      }
      return true;
    }));
    return lines;
  }
  std::string exported(const zonestore::Name& apex) {
    std::ostringstream out;
    EXPECT_TRUE(zonestore::export_zone(*store_, apex, out));
    return out.str();
  }
  bool is_published(const std::string& line) {
    return ("\n" + exported(apex_)).find("\n" + line + "\n") != std::string::npos;
  }

  std::filesystem::path write(const std::string& text) {
    const auto file = temp_.path() / "zone";
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
  auto try_import(const std::string& text, const std::optional<zonestore::Name>& zone = {}) {
    return zonestore::import_zone(*store_, context_, {write(text), zone, strictness_, keep_soa_});
  }
  zonestore::ZoneImported imported(const std::string& text, const std::optional<zonestore::Name>& zone = {}) {
    auto done = try_import(text, zone);
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : zonestore::ZoneImported{};
  }

  zonestore::Strictness strictness_ = zonestore::Strictness::kStrict;  // of what is imported
  bool keep_soa_ = false;
  const zonestore::Name apex_ = *zonestore::Name::parse("example.com");
};

}  // namespace tests
