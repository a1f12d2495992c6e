#include "tools/zonectl/bulk/table_keys.h"

#include <utility>

namespace zonectl {

using zonestore::Error;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::crypto::PrivateKey;
using zonestore::crypto::SecretText;
using zonestore::dkim::CustomerSelectors;
using zonestore::dkim::SlotId;

namespace {

constexpr std::string_view kInTheTable = "the key stands in the table itself";

bool is_weak(const Error& error) {
  return error.refusal && error.refusal->guard == zonestore::Guard::kWeakKey;
}

Result<PrivateKey> from_base64(std::string_view base64, std::string_view label) {
  constexpr std::size_t kLine = 64;
  SecretText pem("-----BEGIN ");
  pem.append(label).append("-----\n");
  for (std::size_t at = 0; at < base64.size(); at += kLine) {
    pem.append(base64.substr(at, kLine)).append("\n");
  }
  pem.append("-----END ").append(label).append("-----\n");
  return PrivateKey::from_pem({reinterpret_cast<const std::uint8_t*>(pem.data()), pem.size()});
}

// As opendkim takes it: DER in base64, in either form.
Result<PrivateKey> key_in_the_table(std::string_view base64) {
  for (const std::string_view label : {"PRIVATE KEY", "RSA PRIVATE KEY"}) {
    Result<PrivateKey> key = from_base64(base64, label);
    if (key && key->algorithm() == zonestore::crypto::Algorithm::kEd25519) {
      return zonestore::fail(ErrorCode::kInvalid, std::string(kInTheTable) + ", and is none that opendkim signs with",
                             "opendkim 2.11 signs with RSA keys alone");
    }
    if (key || is_weak(key.error())) {
      return key;
    }
  }
  return zonestore::fail(ErrorCode::kInvalid, std::string(kInTheTable) + ", and is no RSA key in base64",
                         "write it to a file of mode 0600, and name that as opendkim does: with / or ./ first");
}

class KeyReader {
 public:
  KeyReader(const std::filesystem::path& directory, WeakKeys weak, const CustomerSelectors& selectors)
      : directory_(directory), weak_(weak), selectors_(selectors) {}

  TableKeys read(const TablePlan& plan) {
    for (const PlannedInstitution& each : plan.institutions) {
      read_institution(each);
    }
    return std::move(keys_);
  }

 private:
  struct Taken {
    std::vector<zonestore::SuppliedKey> keys;
    std::vector<std::pair<zonestore::Bytes, std::size_t>> known;  // public keys, and where of the plan each was first
    std::optional<std::size_t> signing;                           // of the plan
    bool has_replaced = false;
  };

  // In the table's order, unless one of them is published under a selector of ours.
  [[nodiscard]] SlotId slot_at(const PlannedInstitution& planned, std::size_t at) const {
    for (std::size_t each = 0; each < planned.keys.size(); ++each) {
      if (const auto slot = selectors_.slot_of(planned.keys[each].entry->selector)) {
        return each == at ? *slot : zonestore::dkim::other(*slot);
      }
    }
    return at == 0 ? SlotId::kSel1 : SlotId::kSel2;
  }

  void read_institution(const PlannedInstitution& planned) {
    Taken taken;
    taken.signing = planned.signing;
    for (std::size_t at = 0; at < planned.keys.size(); ++at) {
      take(planned, at, taken);
    }
    if (taken.keys.empty() && !taken.has_replaced) {
      return;  // told
    }
    TableInstitution institution{planned.code, std::move(taken.keys), {planned.domains, std::nullopt}, std::nullopt};
    const SlotId first = taken.signing                  ? slot_at(planned, *taken.signing)
                         : institution.keys.size() == 1 ? *institution.keys.front().slot
                                                        : SlotId::kSel1;
    if (first == SlotId::kSel2) {
      institution.options.signs_with = SlotId::kSel2;
    }
    if (planned.signing) {
      institution.selector = other_selector(planned, first);
    }
    keys_.institutions.push_back(std::move(institution));
  }

  void take(const PlannedInstitution& planned, std::size_t at, Taken& taken) {
    const KeyTableEntry& entry = *planned.keys[at].entry;
    Result<PrivateKey> key = read_key(planned.keys[at]);
    if (!key) {
      if (is_weak(key.error()) && weak_ == WeakKeys::kReplaced) {
        taken.has_replaced = true;
        return note(entry, key.error().message + ": a fresh one takes its place", "weak");
      }
      return leave_out(planned, at, std::move(key.error()), taken);
    }
    auto public_key = key->public_spki();
    if (!public_key) {
      return leave_out(planned, at, public_key.error(), taken);
    }
    for (const auto& [known, first] : taken.known) {
      if (known == *public_key) {
        taken.signing = taken.signing == at ? std::optional(first) : taken.signing;
        return note(entry,
                    "it is the key of line " + std::to_string(planned.keys[first].entry->line) +
                        " again: one slot has it, and the other a fresh key",
                    "twice");
      }
    }
    taken.known.emplace_back(*std::move(public_key), at);
    taken.keys.push_back({slot_at(planned, at), *std::move(key)});
  }

  void leave_out(const PlannedInstitution& planned, std::size_t at, Error error, Taken& taken) {
    taken.signing = taken.signing == at ? std::nullopt : taken.signing;
    keys_.faults.push_back({planned.keys[at].entry->line, std::move(error)});
  }

  Result<PrivateKey> read_key(const PlannedKey& planned) const {
    if (planned.path.empty()) {
      return key_in_the_table(planned.entry->key);
    }
    const std::filesystem::path path(planned.path);
    auto key = zonestore::read_key_file(path.is_absolute() ? path : directory_ / path);
    if (!key && !is_weak(key.error())) {
      key.error().message = "its key file " + key.error().message;  // not named: it may be a key, miswritten
    }
    return key;
  }

  [[nodiscard]] std::optional<OtherSelector> other_selector(const PlannedInstitution& planned, SlotId slot) const {
    const std::string& selector = planned.keys[*planned.signing].entry->selector;
    const std::string ours = selectors_.of(slot);
    return selector == ours ? std::nullopt : std::optional(OtherSelector{planned.domain, selector, ours});
  }

  void note(const KeyTableEntry& entry, std::string what, std::string reason) {
    keys_.notes.push_back(table_fault(entry.line, std::move(what), "", std::move(reason)));
  }

  const std::filesystem::path& directory_;
  WeakKeys weak_;
  const CustomerSelectors& selectors_;
  TableKeys keys_;
};

}  // namespace

TableKeys read_keys(const TablePlan& plan, const std::filesystem::path& directory, WeakKeys weak,
                    const CustomerSelectors& selectors) {
  return KeyReader(directory, weak, selectors).read(plan);
}

}  // namespace zonectl
