// A real zone store in a directory of its own, with one or more zones in it, and short ways to write records.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"
#include "zonestore/db/connection.h"
#include "zonestore/db/schema.h"
#include "zonestore/zone/published_reader.h"
#include "zonestore/zone/published_writer.h"

namespace zonestore {

inline Name name(const std::string& text) {
  auto parsed = Name::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Name();
}

inline RecordSet txt(const std::string& owner, const std::string& text, std::uint32_t ttl = 300) {
  return {name(owner), RecordType::kTxt, Ttl{ttl}, {txt_rdata(text)}};
}

inline RecordSet soa(const std::string& owner, std::uint32_t refresh = 3600) {
  const SoaData data{name("ns1.example.com"), name("hostmaster.example.com"), 0, refresh, 600, 1209600, 300};
  return {name(owner), RecordType::kSoa, Ttl{3600}, {soa_rdata(data)}};
}

inline RecordSet ns(const std::string& owner) {
  std::vector<Bytes> rdata;
  for (const char* server : {"ns1.example.com", "ns2.example.com"}) {
    const Name target = name(server);
    rdata.emplace_back(target.wire().begin(), target.wire().end());
  }
  return {name(owner), RecordType::kNs, Ttl{3600}, rdata};
}

inline constexpr WallTime kStart{Seconds{1'800'000'000}};

// An enabled secondary of all zones at that address, without a key.
inline void add_peer_rows(db::Connection& connection, const std::string& peer_name, const std::string& address) {
  connection
      .prepare(
          "INSERT INTO secondary (name, added_wall_ms, added_boot_ms, added_boot_id, added_synchronised, "
          "added_trusted_ms) VALUES (?, 0, 0, '', 1, 0)")
      .bind(1, std::string_view(peer_name))
      .run();
  const auto parsed = SocketAddress::parse(address);
  ASSERT_TRUE(parsed) << address;
  connection
      .prepare(
          "INSERT INTO secondary_address (secondary_id, position, address, port) "
          "VALUES (last_insert_rowid(), 1, ?, ?)")
      .bind(1, ByteView(parsed->bytes()))
      .bind(2, std::int64_t{parsed->port()})
      .run();
}

class StoreTest : public testing::Test {
 protected:
  static constexpr const char* kStoreId = "0123456789abcdef0123456789abcdef";

  // By hand, as create_zone knows the newest schema alone.
  static ZoneId insert_zone(db::Connection& connection, const Name& apex) {
    connection.prepare("INSERT INTO zone (apex) VALUES (?)").bind(1, apex.wire()).run();
    return static_cast<ZoneId>(connection.last_insert_rowid());
  }

  static db::Connection make_store(const std::filesystem::path& directory,
                                   const db::Schema& schema = db::zone_schema()) {
    auto connection = db::Connection::open(directory / "zone.db", db::Access::kCreate);
    db::migrate(connection, schema);
    db::Transaction transaction(connection, db::Transaction::Kind::kWrite);
    const ZoneId dkim = insert_zone(connection, name("dkim.example"));
    const ZoneId spf = insert_zone(connection, name("spf.example"));
    connection
        .prepare(
            "INSERT INTO store (one, store_id, made_ms, highest_wall_ms, dkim_zone_id, spf_zone_id) VALUES (1, ?, 0, "
            "0, ?, ?)")
        .bind(1, std::string_view(kStoreId))
        .bind(2, static_cast<std::int64_t>(dkim))
        .bind(3, static_cast<std::int64_t>(spf))
        .run();
    transaction.commit();
    return connection;
  }

  // One change in one transaction: what `fill` puts into it.
  template <class Fill>
  ZoneChange::Outcome change(ZoneId zone, Fill&& fill, WallTime now = kStart) {
    db::Transaction transaction(connection_, db::Transaction::Kind::kWrite);
    ZoneChange zone_change(connection_, zone);
    fill(zone_change);
    const auto outcome = zone_change.commit(now);
    transaction.commit();
    return outcome;
  }

  ZoneChange::Outcome put(ZoneId zone, const std::vector<RecordSet>& record_sets, WallTime now = kStart) {
    return change(
        zone,
        [&](ZoneChange& zone_change) {
          for (const RecordSet& record_set : record_sets) {
            zone_change.put(record_set);
          }
        },
        now);
  }

  // What the zone's row says must be what a scan of its record sets finds.
  void expect_sums_match() {
    for (const PublishedZone& zone : list_zones(connection_)) {
      auto statement = connection_.prepare("SELECT owner, type, ttl, rdata FROM record_set WHERE zone_id = ?");
      statement.bind(1, static_cast<std::int64_t>(zone.id));
      std::uint64_t count = 0;
      std::uint64_t sum = 0;
      while (statement.step()) {
        ++count;
        sum += record_set_hash(statement.blob(0), static_cast<RecordType>(statement.integer(1)),
                               static_cast<Ttl>(statement.integer(2)), statement.blob(3));
      }
      EXPECT_EQ(zone.record_set_count, count) << zone.apex.to_text();
      EXPECT_EQ(zone.record_set_hash_sum, sum) << zone.apex.to_text();
      const std::string id = std::to_string(static_cast<std::int64_t>(zone.id));
      EXPECT_EQ(connection_.integer("SELECT journal_row_count FROM zone WHERE zone_id = " + id),
                connection_.integer("SELECT count(*) FROM journal_record_set JOIN journal_change USING (change_id) "
                                    "WHERE zone_id = " +
                                    id))
          << zone.apex.to_text();
      EXPECT_EQ(connection_.integer("SELECT journal_change_count FROM zone WHERE zone_id = " + id),
                connection_.integer("SELECT count(*) FROM journal_change WHERE zone_id = " + id))
          << zone.apex.to_text();
    }
  }

  Serial published_serial(ZoneId zone) {
    for (const PublishedZone& each : list_zones(connection_)) {
      if (each.id == zone) {
        const auto stored = find_record_set(connection_, each, each.apex, RecordType::kSoa);
        const auto data = parse_soa_rdata(stored->rdata.front());
        EXPECT_EQ(data->serial, each.serial.value);
        return each.serial;
      }
    }
    ADD_FAILURE() << "no such zone";
    return {};
  }

  tests::TempDirectory directory_;
  db::Connection connection_ = make_store(directory_.path());
  ZoneId dkim_ = find_zone(connection_, name("dkim.example"))->id;
  ZoneId spf_ = find_zone(connection_, name("spf.example"))->id;
};

}  // namespace zonestore
