#include "tests/bench/synthetic_store.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "tests/bench/woven_keys.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/operations/change/audit_writer.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/operations/zones/init_store.h"
#include "zonestore/publish/publisher.h"
#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/slot_rows.h"

namespace bench {

using zonestore::Bytes;
using zonestore::ErrorCode;
using zonestore::Guard;
using zonestore::Result;
using zonestore::Store;
using zonestore::crypto::Algorithm;
using zonestore::dkim::Code;
using zonestore::dkim::SlotId;
namespace db = zonestore::db;
namespace fs = std::filesystem;
namespace publish = zonestore::publish;
namespace rows = zonestore::rows;

namespace {

constexpr std::string_view kCommand = "make_store";
constexpr std::string_view kAlwaysReal = "mosa";
constexpr std::string_view kDomains = ".mosamuseum.com";  // of those with woven keys
constexpr std::string_view kWhat = "synthetic, for measurements: two public keys, fa6e..., without private halves";
constexpr zonestore::Milliseconds kBetweenInstitutions{61'000};
constexpr std::chrono::days kAgeOfLast{30};
constexpr std::size_t kTogether = 2'000;  // institutions in a transaction
constexpr std::size_t kOneByOne = 8'000;  // the last: each a change of the zone, as an operator's would be

const zonestore::ChangeContext kContext{{std::string(kCommand), std::string(kCommand)}, std::nullopt, false};

// ---- time, keys and ids ----

class PastClock final : public zonestore::Clock {
 public:
  explicit PastClock(std::size_t institutions) : moment_(zonestore::SystemClock().now()) {
    moment_.wall -= kAgeOfLast + kBetweenInstitutions * static_cast<std::int64_t>(institutions);
    moment_.since_boot = {};
    moment_.boot_id = kCommand;  // no boot of any machine
    moment_.synchronised = true;
  }
  [[nodiscard]] zonestore::Moment now() const override { return moment_; }
  void go_on() { let_pass(kBetweenInstitutions); }
  void let_pass(zonestore::Milliseconds time) {
    moment_.wall += time;
    moment_.since_boot += time;
  }

 private:
  zonestore::Moment moment_;
};

// SubjectPublicKeyInfo of an RSA key of 2048 bits, in DER, around its modulus; the exponent is 65537 (RFC
// 3279 2.3.1).
constexpr std::array<std::uint8_t, 33> kSpkiHead{0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
                                                 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
                                                 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00};
constexpr std::array<std::uint8_t, 5> kSpkiTail{0x02, 0x03, 0x01, 0x00, 0x01};
constexpr std::size_t kModulusBytes = 256;

Bytes made_up_spki(Random& random) {
  Bytes spki(kSpkiHead.begin(), kSpkiHead.end());
  spki.reserve(kSpkiHead.size() + kModulusBytes + kSpkiTail.size());
  for (std::size_t i = 0; i < kModulusBytes; i += sizeof(std::uint64_t)) {
    std::uint64_t bits = random.next();
    for (std::size_t byte = 0; byte < sizeof bits; ++byte, bits >>= 8U) {
      spki.push_back(static_cast<std::uint8_t>(bits));
    }
  }
  spki[kSpkiHead.size()] |= 0x80U;  // 2048 bits, not fewer
  spki.back() |= 1U;                // odd
  spki.insert(spki.end(), kSpkiTail.begin(), kSpkiTail.end());
  return spki;
}

// Spread like random ones, and none twice: the number goes round in 48 bits by an odd factor.
std::string made_up_key_id(std::uint64_t number, std::uint64_t seed) {
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  constexpr std::size_t kDigits = 12;
  std::uint64_t bits = (number + seed) * 0x9e37'79b9'7f4bULL;
  std::string id = "fa6e";
  for (std::size_t digit = 0; digit < kDigits; ++digit, bits >>= 4U) {
    id += kHexadecimal[bits & 15U];
  }
  return id;
}

// ---- one store at work ----

class Filler {
 public:
  Filler(const SyntheticStore& wanted, const fs::path& directory, CodeSource& codes)
      : wanted_(wanted), codes_(codes), random_(wanted.seed), clock_(wanted.institutions), woven_(2 * wanted.woven) {
    zonestore::InitOptions options;
    options.dkim_zone = db::unwrap(zonestore::Name::parse("dkim.secutix.com"));
    options.spf_zone = db::unwrap(zonestore::Name::parse("spf.secutix.com"));
    options.name_servers = {db::unwrap(zonestore::Name::parse("ns1.secutix.com")),
                            db::unwrap(zonestore::Name::parse("ns2.secutix.com"))};
    options.mailbox = db::unwrap(zonestore::Name::parse("hostmaster.secutix.com"));
    (void)db::unwrap(init_store(directory, options, kContext, clock_));
    store_.emplace(db::unwrap(Store::open(directory, Store::Access::kWrite, clock_)));
    // Nobody else looks at this file, and a killed run is thrown away: no journal, no waiting for the disk.
    connection().execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-262144");
  }

  void fill(const std::function<void(std::size_t)>& progress) {
    add_real_ones(progress);
    while (added_ < wanted_.institutions) {
      std::optional<Code> real = add_synthetic_ones(progress);
      if (real) {
        add_real(*real);
      }
    }
    clock_.let_pass(
        kAgeOfLast);  // kept: what has passed since then is proven, whatever this machine's clock is called
    zonestore::ChangeScope whole(*store_, kContext, std::string(kCommand), "");
    zonestore::Changed outcome;
    whole.finish({"a synthetic store for measurements: " + std::to_string(added_) + " institutions, seed " +
                  std::to_string(wanted_.seed) + "; no private key but of " + std::to_string(real_)},
                 outcome);
  }

 private:
  db::Connection& connection() { return store_->impl().connection; }

  Code next_code() {
    for (;;) {
      const std::optional<Code> code = db::unwrap(codes_.next());
      if (!code) {
        throw db::Failure({ErrorCode::kInvalid, "there are only " + std::to_string(added_) + " codes", "", {}});
      }
      if (!rows::find_institution(connection(), *code)) {
        return *code;
      }
      if (!codes_.may_repeat()) {
        throw db::Failure({ErrorCode::kInvalid, "the code " + code->text() + " comes twice", "", {}});
      }
    }
  }

  void add_real_ones(const std::function<void(std::size_t)>& progress) {
    const std::size_t count = std::min(wanted_.real, wanted_.institutions);
    const zonestore::KeyStock stock(*store_, std::vector(2 * count, Algorithm::kRsa2048), kContext);
    while (added_ < count) {
      add_real(next_code());
      progress(added_);
    }
  }

  void add_real(const Code& code) {
    step();
    (void)db::unwrap(add_institution(*store_, kContext, code, {}));
    ++real_;
  }

  // One transaction of them. A code that must be real ends it early and comes back.
  std::optional<Code> add_synthetic_ones(const std::function<void(std::size_t)>& progress) {
    const bool is_history = wanted_.institutions - added_ > kOneByOne + kTogether;
    std::optional<Code> real;
    db::Transaction transaction(connection(), db::Transaction::Kind::kWrite);
    const zonestore::PublishedZone zone = store_->impl().published(store_->dkim_zone());
    std::optional<zonestore::ZoneChange> change;
    for (std::size_t i = 0; i < kTogether && added_ < wanted_.institutions; ++i) {
      Code code = next_code();
      if (code.text() == kAlwaysReal) {
        real = std::move(code);
        break;
      }
      if (!change) {
        change.emplace(connection(), zone.id);
      }
      add_synthetic(code, zone, *change);
      progress(added_);
      if (!is_history) {
        (void)change->commit(clock_.now().wall);
        change.reset();
      }
    }
    if (change) {
      (void)change->commit(clock_.now().wall);
      forget_journal();
    }
    put_into_vault();
    transaction.commit();
    return real;
  }

  // What the journal would have lost by now anyway: it reaches back 10,000 changes when these are older than a week.
  void forget_journal() { connection().execute("DELETE FROM journal_change; UPDATE zone SET journal_row_count = 0"); }

  // As add_institution, but for the keys.
  void add_synthetic(const Code& code, const zonestore::PublishedZone& zone, zonestore::ZoneChange& change) {
    step();
    const zonestore::Now now = store_->impl().now();
    const zonestore::WallTime wall = now.moment.wall;
    rows::InstitutionRow row{.id = rows::insert_institution(connection(), code, Algorithm::kRsa2048, wall),
                             .code = code,
                             .added = wall,
                             .facts = {},
                             .keys = {}};
    row.facts.phase = zonestore::dkim::Phase::kSigning;
    row.facts.active = SlotId::kSel1;
    row.facts.moved = now.moment;
    for (const SlotId slot : zonestore::dkim::kSlots) {
      const rows::SlotKey key = next_key(wall);
      rows::put_key(connection(), row.id, slot, key);
      row.key(slot) = key;
      row.facts.slots.emplace_back().slot = slot;
      row.facts.slots.back().has_key = true;
    }
    if (added_ <= wanted_.woven) {
      const zonestore::Name domain = db::unwrap(zonestore::Name::parse(code.text() + std::string(kDomains)));
      rows::insert_domain(connection(), row.id, domain, wall);
    }
    rows::store_facts(connection(), row, wall);
    const zonestore::dkim::LifecyclePolicy policy = rows::read_policy(connection(), row.id);
    publish::publish_institution(connection(), change, zone, row, policy, now.moment);
    row = *rows::find_institution(connection(), code);  // with what the names have served
    write_audit(connection(), kContext, "add", code.text(), {std::string(kWhat), {}, audit_state(row, policy, now)},
                wall);
  }

  rows::SlotKey next_key(zonestore::WallTime wall) {
    rows::SlotKey key{made_up_key_id(keys_++, wanted_.seed), Algorithm::kRsa2048, {}, wall};
    if (added_ <= wanted_.woven) {
      private_halves_.emplace_back(key.key_id, woven_.next());
      key.public_spki = db::unwrap(private_halves_.back().second.public_spki());
    } else {
      key.public_spki = made_up_spki(random_);
    }
    return key;
  }

  void put_into_vault() {
    if (private_halves_.empty()) {
      return;
    }
    std::vector<zonestore::Vault::NewKey> keys;
    std::vector<std::string> ids;
    for (const auto& [id, key] : private_halves_) {
      keys.push_back({id, &key});
      ids.push_back(id);
    }
    zonestore::Vault& vault = store_->impl().vault();
    (void)db::unwrap(vault.put(keys, clock_.now().wall));
    (void)db::unwrap(vault.settle(ids, {}));
    private_halves_.clear();
  }

  void step() {
    ++added_;
    clock_.go_on();
  }

  const SyntheticStore& wanted_;
  CodeSource& codes_;
  Random random_;
  PastClock clock_;
  std::optional<Store> store_;
  std::size_t added_ = 0;
  std::size_t real_ = 0;
  std::uint64_t keys_ = 0;
  WovenKeys woven_;
  std::vector<std::pair<std::string, zonestore::crypto::PrivateKey>> private_halves_;  // of this transaction
};

// ---- the directory ----

[[noreturn]] void throw_system_error(const std::string& what) {
  throw db::Failure({ErrorCode::kIo, what + ": " + std::strerror(errno), "", {}});
}

void write_through(const fs::path& path) {
  const zonestore::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.get()) != 0) {
    throw_system_error("cannot write " + path.string() + " through to the disk");
  }
}

void write_all_through(const fs::path& directory) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    write_through(entry.path());
  }
  write_through(directory);
}

void check_is_free(const fs::path& directory, const std::string& hint) {
  if (fs::exists(fs::symlink_status(directory))) {
    throw db::Failure(zonestore::Error{ErrorCode::kRefused, directory.string() + " is there already", hint,
                                       zonestore::Refusal{Guard::kExists, std::nullopt}});
  }
}

// Takes away what was made, unless it was given its name.
class Draft {
 public:
  explicit Draft(fs::path directory) : directory_(std::move(directory)) {}
  ~Draft() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  Draft(Draft&&) = delete;
  Draft& operator=(Draft&&) = delete;

  [[nodiscard]] const fs::path& directory() const { return directory_; }
  void become(const fs::path& name) {
    write_all_through(directory_);
    if (::renameat2(AT_FDCWD, directory_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0) {
      throw_system_error("cannot rename " + directory_.string() + " to " + name.string());
    }
    write_through(name.parent_path());
  }

 private:
  fs::path directory_;
};

}  // namespace

Result<void> make_store(const SyntheticStore& wanted, CodeSource& codes,
                        const std::function<void(std::size_t)>& progress) {
  return db::at_border<void>([&] {
    fs::path directory = fs::absolute(wanted.directory).lexically_normal();
    if (!directory.has_filename()) {
      directory = directory.parent_path();
    }
    const fs::path unfinished = directory.string() + ".new";
    check_is_free(directory, "choose another directory with --store");
    check_is_free(unfinished, "a run that was killed left it: remove it");
    Draft draft(unfinished);
    {
      Filler filler(wanted, draft.directory(), codes);
      filler.fill(progress);
    }
    draft.become(directory);
  });
}

}  // namespace bench
