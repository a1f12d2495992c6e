// A DNS of its own for tests of SPF: texts, addresses, MX and PTR records by name.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <arpa/inet.h>

#include "tools/zonectl/probe/spf/look_up.h"

namespace zonectl::probe {

inline zonestore::Name spf_name(const std::string& text) {
  return zonestore::Name::parse(text).value();
}

inline zonestore::Bytes spf_address(const std::string& text) {
  const bool is_ip4 = text.find(':') == std::string::npos;
  zonestore::Bytes bytes(is_ip4 ? 4 : 16);
  ::inet_pton(is_ip4 ? AF_INET : AF_INET6, text.c_str(), bytes.data());
  return bytes;
}

struct SpfWorld {
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::vector<std::string>> addresses;
  std::map<std::string, std::vector<std::string>> mx;
  std::map<std::string, std::vector<std::string>> ptr;
  std::set<std::string> silent;

  [[nodiscard]] Found find(const zonestore::Name& asked, zonestore::RecordType type) const {
    using zonestore::RecordType;
    const std::string name = asked.lowered().to_text_no_dot();
    const auto at = [&name](const auto& map) {
      const auto found = map.find(name);
      return found == map.end() ? std::vector<std::string>() : found->second;
    };
    Found found;
    found.failed = silent.count(name) > 0;
    if (type == RecordType::kTxt) {
      found.texts = at(texts);
      found.count = found.texts.size();
    } else if (type == RecordType::kMx || type == RecordType::kPtr) {
      for (const std::string& each : at(type == RecordType::kMx ? mx : ptr)) {
        found.names.push_back(spf_name(each));
      }
      found.count = found.names.size();
    } else {
      for (const std::string& each : at(addresses)) {
        if ((each.find(':') == std::string::npos) == (type == RecordType::kA)) {
          found.addresses.push_back(spf_address(each));
        }
      }
      found.count = found.addresses.size();
    }
    return found;
  }
  [[nodiscard]] LookUp look_up() const {
    return [this](const zonestore::Name& name, zonestore::RecordType type) { return find(name, type); };
  }
};

}  // namespace zonectl::probe
