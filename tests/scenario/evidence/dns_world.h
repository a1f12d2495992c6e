// What stands in the DNS for one institution, as a test turns it: two name servers of ours, the customer's CNAME, and
// what that leads to. A look sees the truth, but for hiccups: what fails once and is right a moment later.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tools/zonectl/probe/institution.h"
#include "zonestore/judgement/evidence.h"

namespace tests::evidence {

enum class Sight : std::uint8_t { kRight, kWrong, kSilent };

inline constexpr std::size_t kServers = 2;

// What one look sees, or what is true. A server of ours is wrong if it serves what was before the key.
struct Sights {
  std::array<Sight, kServers> servers{};
  Sight cname = Sight::kRight;
  Sight answer = Sight::kRight;
};

class DnsWorld {
 public:
  explicit DnsWorld(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] const Sights& truth() const { return truth_; }
  [[nodiscard]] const std::string& key_id() const { return key_id_; }
  [[nodiscard]] zonestore::Serial published() const { return zonestore::Serial{serial_}; }

  // One thing breaks, falls silent or is mended.
  void turn();
  // Another key stands in the slot, by a new serial: who is behind serves the serial before.
  void publish_another_key();

  // As `zonectl check` reports, of sel2. One of the things may look worse than it is; our own side, the CNAME and
  // the answer each not twice in a row.
  struct Seen {
    zonectl::probe::Report report;
    std::vector<zonestore::ServerEvidence> servers;
  };
  [[nodiscard]] Seen look(const zonestore::Moment& now);

  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  [[nodiscard]] bool one_in(std::uint64_t count) { return below(count) == 0; }

 private:
  static constexpr std::uint64_t kThings = kServers + 2;
  [[nodiscard]] static Sight& thing(Sights& sights, std::uint64_t number);

  std::mt19937_64 random_;
  Sights truth_;
  int keys_ = 1;
  std::string key_id_ = "key 1";
  std::uint32_t serial_ = 10;
  std::uint64_t hiccup_ = kThings;  // of the last look
};

[[nodiscard]] zonestore::Name domain();
[[nodiscard]] zonestore::Name dkim_zone();
[[nodiscard]] std::vector<zonestore::Name> name_servers();
[[nodiscard]] std::string server_text(std::size_t number);

// What a report says, read back as sights; `answer` is silent where it does not say.
[[nodiscard]] Sights sights_in(const zonectl::probe::Report& report);

}  // namespace tests::evidence
