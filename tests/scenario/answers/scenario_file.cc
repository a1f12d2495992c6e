#include "tests/scenario/answers/scenario_file.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <ldns/ldns.h>

namespace dnsd::test {
namespace {

using zonestore::Bytes;
using zonestore::ByteView;

struct Free {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(std::uint8_t* bytes) const { LDNS_FREE(bytes); }
  void operator()(char* text) const { LDNS_FREE(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char byte) { return std::tolower(byte); });
  return text;
}

// The record without its line's end; names are the same in any case, so all of it is folded.
std::string text_of(const ldns_rr& record) {
  std::string text = Owned<char>(ldns_rr2str(&record)).get();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\t')) {
    text.pop_back();
  }
  return lowered(std::move(text));
}

std::string parse_record(const std::string& text) {
  ldns_rr* record = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&record, text.c_str(), 0, nullptr, nullptr);
  const Owned<ldns_rr> owned(record);
  if (status != LDNS_STATUS_OK) {
    throw std::runtime_error(std::string(ldns_get_errorstr_by_id(status)) + ": " + text);
  }
  return text_of(*owned);
}

std::vector<std::string> records_of(const ldns_rr_list* list) {
  std::vector<std::string> records;
  for (std::size_t index = 0; index < ldns_rr_list_rr_count(list); ++index) {
    records.push_back(text_of(*ldns_rr_list_rr(list, index)));
  }
  std::sort(records.begin(), records.end());
  return records;
}

// "ask: NAME TYPE [tcp] [edns BYTES] [do]"
void parse_question(const std::string& text, Scenario& scenario) {
  std::istringstream words(text);
  std::string name, type, word;
  words >> name >> type;
  ldns_rdf* owner = ldns_dname_new_frm_str(name.c_str());
  const ldns_rr_type number = ldns_get_rr_type_by_name(type.c_str());
  if (owner == nullptr || number == 0) {
    throw std::runtime_error("not a question: " + text);
  }
  const Owned<ldns_pkt> packet(ldns_pkt_query_new(owner, number, LDNS_RR_CLASS_IN, 0));
  ldns_pkt_set_id(packet.get(), 4711);
  while (words >> word) {
    std::uint16_t bytes = 1232;
    if (word == "tcp") {
      scenario.over_tcp = true;
    } else if (word == "edns" && words >> bytes) {
      ldns_pkt_set_edns_udp_size(packet.get(), bytes);
    } else if (word == "do") {
      ldns_pkt_set_edns_udp_size(packet.get(), bytes);
      ldns_pkt_set_edns_do(packet.get(), true);
    } else {
      throw std::runtime_error("not a way to ask: " + word);
    }
  }
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&wire, packet.get(), &size) != LDNS_STATUS_OK) {
    throw std::runtime_error("not a question: " + text);
  }
  const Owned<std::uint8_t> owned(wire);
  scenario.query.assign(wire, wire + size);
}

std::optional<std::string> after(const std::string& line, std::string_view head) {
  if (line.rfind(head, 0) != 0) {
    return std::nullopt;
  }
  const std::size_t begin = line.find_first_not_of(" \t", head.size());
  return begin == std::string::npos ? "" : line.substr(begin);
}

void read_header(const std::string& line, ScenarioAnswer& expected) {
  const std::size_t blank = line.find(' ');
  expected.rcode = line.substr(0, blank);
  expected.flags = blank == std::string::npos ? "" : line.substr(blank + 1);
  if (ldns_lookup_by_name(ldns_rcodes, expected.rcode.c_str()) == nullptr) {
    throw std::runtime_error("not a line of a scenario: " + line);
  }
}

void read_line(const std::string& line, Scenario& scenario) {
  ScenarioAnswer& expected = scenario.expected;
  if (const auto question = after(line, "ask:")) {
    parse_question(*question, scenario);
  } else if (const auto answer = after(line, "answer:")) {
    expected.answer.push_back(parse_record(*answer));
  } else if (const auto authority = after(line, "authority:")) {
    expected.authority.push_back(parse_record(*authority));
  } else if (const auto additional = after(line, "additional:")) {
    expected.additional.push_back(parse_record(*additional));
  } else {
    read_header(line, expected);
  }
}

void take_line(const std::string& line, int number, ScenarioFile& file) {
  if (line.empty() || line.front() == '#') {
    return;
  }
  if (const auto zones = after(line, "zones:")) {
    std::istringstream words(*zones);
    for (std::string zone; words >> zone;) {
      file.zones.push_back(zone);
    }
  } else if (const auto name = after(line, "=")) {
    file.scenarios.push_back(Scenario{*name, number, {}, false, {}});
  } else if (file.scenarios.empty()) {
    throw std::runtime_error("no scenario has begun: " + line);
  } else {
    read_line(line, file.scenarios.back());
  }
}

void append(std::string& text, const char* section, const std::vector<std::string>& records) {
  for (const std::string& record : records) {
    text += std::string("\n  ") + section + ": " + record;
  }
}

}  // namespace

std::string to_text(const ScenarioAnswer& answer) {
  std::string text = answer.rcode + " " + answer.flags;
  append(text, "answer", answer.answer);
  append(text, "authority", answer.authority);
  append(text, "additional", answer.additional);
  return text;
}

ScenarioFile read_scenarios(const std::filesystem::path& path) {
  std::ifstream stream(path);
  ScenarioFile file;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    try {
      take_line(line, number, file);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(path.string() + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  for (Scenario& scenario : file.scenarios) {
    if (scenario.query.empty() || scenario.expected.rcode.empty()) {
      throw std::runtime_error(path.string() + ":" + std::to_string(scenario.line) +
                               ": a scenario without its question or RCODE");
    }
    for (auto* section : {&scenario.expected.answer, &scenario.expected.authority, &scenario.expected.additional}) {
      std::sort(section->begin(), section->end());
    }
  }
  return file;
}

ScenarioAnswer decode(ByteView message) {
  ldns_pkt* packet = nullptr;
  const ldns_status status = ldns_wire2pkt(&packet, message.data(), message.size());
  const Owned<ldns_pkt> owned(packet);
  if (status != LDNS_STATUS_OK) {
    throw std::runtime_error(std::string("ldns cannot read the answer: ") + ldns_get_errorstr_by_id(status));
  }
  ScenarioAnswer answer;
  answer.rcode = ldns_lookup_by_id(ldns_rcodes, ldns_pkt_get_rcode(packet))->name;
  answer.flags = ldns_pkt_aa(packet) ? "aa" : "";
  if (ldns_pkt_tc(packet)) {
    answer.flags += answer.flags.empty() ? "tc" : " tc";
  }
  answer.answer = records_of(ldns_pkt_answer(packet));
  answer.authority = records_of(ldns_pkt_authority(packet));
  answer.additional = records_of(ldns_pkt_additional(packet));
  return answer;
}

}  // namespace dnsd::test
