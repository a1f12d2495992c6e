#include "zonestore/judgement/evidence.h"

#include <algorithm>

namespace zonestore {

std::string_view server_name(const std::string& server) {
  const std::size_t end = server.find(" (");
  return end == std::string::npos ? std::string_view() : std::string_view(server).substr(0, end);
}

bool is_named(const std::string& server, const std::vector<Name>& name_servers) {
  const std::string_view name = server_name(server);
  return name.empty() || std::any_of(name_servers.begin(), name_servers.end(), [name](const Name& each) {
           return each.lowered().to_text_no_dot() == name || each.to_text_no_dot() == name;
         });
}

}  // namespace zonestore
