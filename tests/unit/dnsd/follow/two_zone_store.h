// A store with two zones that dnsd can serve, and what an image of it holds.
#pragma once

#include <array>
#include <string>

#include "dnsd/answer/responder.h"
#include "dnsd/zone/image.h"
#include "tests/unit/zonestore/zone/store_fixture.h"

namespace dnsd::follow {

class TwoZoneStore : public zonestore::StoreTest {
 protected:
  TwoZoneStore() {
    put(dkim_, {zonestore::soa("dkim.example"), zonestore::ns("dkim.example"), txt_of("first")});
    put(spf_, {zonestore::soa("spf.example"), zonestore::ns("spf.example")});
  }

  static zonestore::RecordSet txt_of(const std::string& text) {
    return zonestore::txt("sel1-mosa.dkim.example", text);
  }
  void commit(const std::string& text) { put(dkim_, {txt_of(text)}); }
  void forget_journal() { connection_.execute("DELETE FROM journal_change"); }
  // The store changes, and nothing that the world may see.
  void commit_unpublished() { connection_.execute("UPDATE store SET highest_wall_ms = highest_wall_ms + 1"); }

  // A secondary of all zones, and nothing else.
  void commit_secondary(const std::string& name, const std::string& address = "192.0.2.53:53") {
    zonestore::db::Transaction transaction(connection_, zonestore::db::Transaction::Kind::kWrite);
    zonestore::add_peer_rows(connection_, name, address);
    transaction.commit();
  }

  void move_away() { std::filesystem::rename(file(), directory_.path() / "elsewhere"); }
  void commit_while_away(const std::string& text) {
    connection_ = zonestore::db::Connection::open(directory_.path() / "elsewhere", zonestore::db::Access::kReadWrite);
    commit(text);
  }
  void move_back() { std::filesystem::rename(directory_.path() / "elsewhere", file()); }

  [[nodiscard]] std::filesystem::path file() const { return directory_.path() / "zone.db"; }

  // True if the answer to a query for the selector holds this text.
  static bool serves(const zone::Image& image, const std::string& text) {
    zonestore::Bytes query{0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};  // RFC 1035 section 4.1.1: one question
    const zonestore::Name owner = zonestore::name("sel1-mosa.dkim.example");
    query.insert(query.end(), owner.wire().begin(), owner.wire().end());
    query.insert(query.end(), {0, 16, 0, 1});  // TXT, IN
    std::array<std::uint8_t, 512> answer{};
    const std::size_t size = answer::respond(query, answer, image, {}, {}).size;
    return std::string(answer.begin(), answer.begin() + size).find(text) != std::string::npos;
  }
};

}  // namespace dnsd::follow
