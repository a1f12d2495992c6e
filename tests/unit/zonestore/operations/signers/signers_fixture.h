// Signers in directories of a test, each with a command that obeys.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/signers/signers.h"

namespace tests {

namespace dkim = zonestore::dkim;
namespace signer = zonestore::signer;

class SignersFixture : public StoreFixture {
 protected:
  SignersFixture() {
    add("mosa");
    EXPECT_TRUE(zonestore::add_domain(*store_, context_, code("mosa"), *zonestore::Name::parse("mosamuseum.com")));
  }

  [[nodiscard]] std::string folder(const std::string& name) const { return (temp_ / name).string(); }
  [[nodiscard]] std::string content(const std::string& file) const {
    std::ifstream stream(temp_ / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] bool is_there(const std::string& file) const {
    return std::filesystem::exists(std::filesystem::symlink_status(temp_ / file));
  }
  std::string key_id(dkim::SlotId slot) { return show("mosa").slots.at(slot == dkim::SlotId::kSel1 ? 0 : 1).key_id; }

  // A signer whose command obeys a file of the test: it follows while the file is there.
  void enrol(const std::string& name, signer::Format format = signer::Format::kFiles) {
    set_obedient(true);
    // The test's keys are Ed25519, which OpenDKIM would not sign with; how its directory follows is the same.
    const auto added = zonestore::add_signer(*store_, overriding(zonestore::Guard::kSignerKind),
                                             {name, format, folder(name), command()});
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(added->sync.failure, "");
  }
  [[nodiscard]] std::string command() const { return "/usr/bin/test -e " + (temp_ / "obedient").string(); }
  void set_obedient(bool obedient) {
    if (obedient) {
      std::ofstream(temp_ / "obedient") << "yes";
    } else {
      std::filesystem::remove(temp_ / "obedient");
    }
  }
  zonestore::SignerView view() { return zonestore::list_signers(*store_).value().front(); }
  zonestore::SignerView view(const std::string& name) {
    for (const std::vector<zonestore::SignerView> all = zonestore::list_signers(*store_).value();
         const zonestore::SignerView& each : all) {
      if (each.name == name) {
        return each;
      }
    }
    ADD_FAILURE() << "no signer " << name;
    return {};
  }
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((temp_ / file).parent_path());
    std::ofstream(temp_ / file) << text;
  }
  void set_signer_limit(int limit) {
    ASSERT_TRUE(zonestore::set_policy(*store_, context_, std::nullopt, "signer-limit", std::to_string(limit) + "s"));
  }
  void ripen() { clock_.advance(std::chrono::minutes(16)); }
};

}  // namespace tests
