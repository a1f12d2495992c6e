// A real store in a directory of its own, under a clock that the test turns.
#pragma once

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temp_directory.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/policy/policy.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/views/institution_view.h"
#include "zonestore/operations/zones/init_store.h"

namespace tests {

class StoreFixture : public ::testing::Test {
 protected:
  StoreFixture() {
    const auto made = zonestore::init_store(dir(), init_options(), context_, clock_);
    EXPECT_TRUE(made) << made.error().message;
    open();
  }

  static zonestore::InitOptions init_options() {
    zonestore::InitOptions options;
    options.dkim_zone = *zonestore::Name::parse("dkim.secutix.com");
    options.spf_zone = *zonestore::Name::parse("spf.secutix.com");
    options.name_servers = {*zonestore::Name::parse("ns1.secutix.com"), *zonestore::Name::parse("ns2.secutix.com")};
    options.mailbox = *zonestore::Name::parse("hostmaster.secutix.com");
    return options;
  }

  [[nodiscard]] std::filesystem::path dir() const { return temp_.path() / "store"; }
  void open() {
    auto opened = zonestore::Store::open(dir(), zonestore::Store::Access::kWrite, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_.emplace(std::move(*opened));
    store_->run_commands_as({1000, 1000});  // root, as whom tests may run, would run none
  }

  static zonestore::dkim::Code code(const std::string& text) { return *zonestore::dkim::Code::parse(text); }
  // With Ed25519 keys, which are made a hundred times faster than RSA ones.
  void add(const std::string& text) {
    zonestore::AddOptions options;
    options.algorithm = zonestore::crypto::Algorithm::kEd25519;
    const auto added =
        zonestore::add_institution(*store_, overriding(zonestore::Guard::kKeyType), code(text), options);
    ASSERT_TRUE(added) << added.error().message;
  }
  // As zonectl-check.timer does where our name servers serve what they should: what a rotation by policy needs.
  void see_all_right(const std::string& text) {
    zonestore::Look look{{}, clock_.now()};
    for (const zonestore::SlotView& slot : show(text).slots) {
      look.evidence.push_back(
          {std::nullopt, zonestore::dkim::to_text(slot.slot), zonestore::Verdict::kOk, "", slot.key_id});
    }
    EXPECT_TRUE(zonestore::record_evidence(*store_, {{code(text), look}}));
  }
  zonestore::InstitutionView show(const std::string& text) {
    auto view = zonestore::show_institution(*store_, code(text));
    EXPECT_TRUE(view) << view.error().message;
    return view ? *view : zonestore::InstitutionView{};
  }
  zonestore::dkim::SlotState state(const std::string& text, zonestore::dkim::SlotId slot) {
    return show(text).slots.at(slot == zonestore::dkim::SlotId::kSel1 ? 0 : 1).state;
  }
  std::size_t audit_rows() {
    std::size_t rows = 0;
    EXPECT_TRUE(zonestore::read_log(*store_, {}, [&](const zonestore::AuditEntry&) {
      ++rows;
      return true;
    }));
    return rows;
  }
  static zonestore::ChangeContext expecting(zonestore::dkim::SlotId slot) {
    zonestore::ChangeContext context{{"tester", "tester"}, std::nullopt, false};
    context.expect = slot;
    return context;
  }
  static zonestore::ChangeContext overriding(zonestore::Guard guard) {
    zonestore::ChangeContext context{{"tester", "tester"}, zonestore::Override{guard, "test"}, false};
    return context;
  }

  TempDirectory temp_;
  ManualClock clock_;
  zonestore::ChangeContext context_{{"tester", "tester"}, std::nullopt, false};
  std::optional<zonestore::Store> store_;
};

// The guard that refused, or nullopt if it was another error or none.
template <class T>
std::optional<zonestore::Guard> refusal_of(const zonestore::Result<T>& result) {
  if (result || !result.error().refusal) {
    return std::nullopt;
  }
  return result.error().refusal->guard;
}

}  // namespace tests
