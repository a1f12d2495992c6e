// What our evaluation makes of SPF records, for the test that compares it with other judges.
//
// Input, a line each: "WORLD"; then "TXT name text", "A name address", "MX name host", "PTR name host"; then
// "SPF domain address", which is answered with a result. A TXT record at the domain is the record that is judged.
#include <iostream>
#include <sstream>

#include "tests/unit/tools/zonectl/probe/spf_world.h"
#include "tools/zonectl/probe/spf/evaluation.h"
#include "zonestore/spf/policy_record.h"

namespace {

using zonectl::probe::LookUp;
using zonectl::probe::LookUps;
using zonectl::probe::SpfWorld;
namespace spf = zonectl::probe::spf;

std::string result_of(const SpfWorld& world, const std::string& domain, const std::string& address) {
  const auto texts = world.texts.find(domain);
  std::vector<std::string> records;
  for (const std::string& text : texts == world.texts.end() ? std::vector<std::string>() : texts->second) {
    if (zonestore::spf::is_policy_record(text)) {
      records.push_back(text);
    }
  }
  if (records.size() != 1) {
    return records.empty() ? "none" : "permerror";
  }
  const LookUp look_up = world.look_up();
  LookUps look_ups(look_up);
  const spf::Evaluation evaluation =
      spf::evaluate(records.front(), zonectl::probe::spf_name(domain),
                    {spf::Sender::Kind::kAddress, zonectl::probe::spf_address(address)},
                    zonectl::probe::spf_name("spf.secutix.com"), look_ups);
  return evaluation.is_told ? std::string(to_text(evaluation.result)) : "untold";
}

}  // namespace

int main() {
  SpfWorld world;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what;
    std::string name;
    std::string value;
    words >> what >> name >> std::ws;
    std::getline(words, value);
    if (what == "WORLD") {
      world = {};
    } else if (what == "TXT") {
      world.texts[name].push_back(value);
    } else if (what == "A") {
      world.addresses[name].push_back(value);
    } else if (what == "MX" || what == "PTR") {
      (what == "MX" ? world.mx : world.ptr)[name].push_back(value);
    } else if (what == "SPF") {
      std::cout << result_of(world, name, value) << '\n';
    }
  }
  return 0;
}
