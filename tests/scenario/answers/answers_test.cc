// Every scenario beside this file: its question put to the whole answer code, over an image of its zones.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "dnsd/answer/responder.h"
#include "dnsd/zone/image_builder.h"
#include "tests/scenario/answers/scenario_file.h"
#include "zonestore/zone/zone_file.h"

namespace dnsd::test {
namespace {

using zonestore::RecordType;

const std::filesystem::path kFolder = std::filesystem::path(DNSD_SOURCE_DIR) / "tests/scenario/answers";

// The zone's apex is its SOA's owner.
void add_zone(zone::ImageBuilder& builder, const std::string& file) {
  zonestore::ZoneFaults faults;
  const auto sets = zonestore::read_zone_file(kFolder / "zones" / file, zonestore::Name(), faults).value();
  ASSERT_TRUE(faults.empty()) << file;
  const auto soa =
      std::find_if(sets.begin(), sets.end(), [](const auto& read) { return read.set.type == RecordType::kSoa; });
  const auto index = builder.add_zone(soa->set.owner, sets.size());
  for (const auto& [set, line] : sets) {
    ASSERT_TRUE(builder.put(index, set.owner, set.type, set.ttl, zonestore::pack_rdata(set.rdata)).has_value());
  }
}

std::shared_ptr<const zone::Image> image_of(const std::vector<std::string>& zones) {
  static std::map<std::vector<std::string>, std::shared_ptr<const zone::Image>> images;
  auto& image = images[zones];
  if (image == nullptr) {
    zone::ImageBuilder builder;
    for (const std::string& file : zones) {
      add_zone(builder, file);
    }
    image = builder.finish().value();
  }
  return image;
}

class AnswerScenario : public ::testing::Test {
 public:
  AnswerScenario(std::vector<std::string> zones, Scenario scenario)
      : zones_(std::move(zones)), scenario_(std::move(scenario)) {}

  void TestBody() override {
    std::vector<std::uint8_t> out(65535);
    answer::Client client;
    client.transport = scenario_.over_tcp ? answer::Transport::kTcp : answer::Transport::kUdp;
    out.resize(answer::respond(scenario_.query, out, *image_of(zones_), {}, client).size);
    const ScenarioAnswer answer = decode(out);
    EXPECT_EQ(answer, scenario_.expected) << "got:\n"
                                          << to_text(answer) << "\nexpected:\n"
                                          << to_text(scenario_.expected);
  }

 private:
  std::vector<std::string> zones_;
  Scenario scenario_;
};

void register_file(const std::filesystem::path& path) {
  const ScenarioFile file = read_scenarios(path);
  const std::string suite = path.stem().string();
  const std::string location = path.string();
  for (const Scenario& scenario : file.scenarios) {
    ::testing::RegisterTest(suite.c_str(), scenario.name.c_str(), nullptr, nullptr, location.c_str(), scenario.line,
                            [zones = file.zones, scenario]() -> ::testing::Test* {
                              return new AnswerScenario(zones, scenario);  // GoogleTest's to delete
                            });
  }
}

}  // namespace
}  // namespace dnsd::test

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (const auto& entry : std::filesystem::directory_iterator(dnsd::test::kFolder)) {
    if (entry.path().extension() == ".scenario") {
      dnsd::test::register_file(entry.path());
    }
  }
  return RUN_ALL_TESTS();
}
