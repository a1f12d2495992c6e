// How many connections each client address holds, over all workers. Of IPv6 the first 64 bits are one address:
// whoever has one has a /64.
//
// Asked when a connection is accepted and when it ends, never for a query, so that a lock is cheap enough.
// Threads: any number. A ticket must not outlive its quota.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace dnsd::net {

class AddressQuota {
 public:
  explicit AddressQuota(unsigned per_address) : per_address_(per_address) {}

  // One connection's place; given back when it goes.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept : quota_(std::exchange(other.quota_, nullptr)), key_(std::move(other.key_)) {}
    Ticket& operator=(Ticket&&) = delete;
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() {
      if (quota_ != nullptr) {
        quota_->give_back(key_);
      }
    }

   private:
    friend class AddressQuota;
    Ticket(AddressQuota& quota, std::string key) : quota_(&quota), key_(std::move(key)) {}
    AddressQuota* quota_;
    std::string key_;
  };

  // nullopt: this address (4 or 16 bytes in network order) has as many as it may.
  [[nodiscard]] std::optional<Ticket> take(std::span<const std::uint8_t> address);

 private:
  void give_back(const std::string& key);

  unsigned per_address_;
  std::mutex mutex_;
  std::map<std::string, unsigned> held_;  // ordered: addresses are the client's choice, and no hash is attacked
};

}  // namespace dnsd::net
