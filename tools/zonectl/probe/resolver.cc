#include "tools/zonectl/probe/resolver.h"

#include <array>
#include <fstream>
#include <sstream>

#include "tools/zonectl/probe/side_by_side.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::RecordType;

std::vector<Address> Resolver::servers_of_system() {
  std::vector<Address> servers;
  std::ifstream file("/etc/resolv.conf");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string keyword;
    std::string value;
    if (words >> keyword >> value && keyword == "nameserver") {
      // A scope, fe80::1%eth0, is not supported.
      if (const auto address = Address::parse(value)) {
        servers.push_back(*address);
      }
    }
  }
  if (servers.empty()) {
    servers.push_back(*Address::parse("127.0.0.1"));
  }
  return servers;
}

Reply Resolver::ask(const Question& question) const {
  Reply reply;
  for (const Address& server : servers_) {
    reply = probe::ask(server, question, true, patience_);
    if (reply.is(kNoError) || reply.is(kNxDomain)) {
      return reply;
    }
  }
  if (!reply.answered) {
    reply.failure = "the resolver gives no answer";
  }
  return reply;
}

std::vector<Address> Resolver::addresses_of(const Name& host) const {
  constexpr std::array kTypes{RecordType::kA, RecordType::kAaaa};
  const std::vector<Reply> replies = side_by_side(kTypes.size(), [&](std::size_t i) {
    return ask({host, kTypes.at(i)});
  });
  std::vector<Address> addresses;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    for (const Record& record : replies.at(i).answer) {
      if (record.type == kTypes.at(i)) {
        if (const auto address = Address::from_rdata(record.rdata); address && address->has_route()) {
          addresses.push_back(*address);
        }
      }
    }
  }
  return addresses;
}

std::vector<std::string> Resolver::texts_of(const Name& name, Reply& reply) const {
  std::vector<std::string> texts;
  reply = ask({name, RecordType::kTxt});
  for (const Record& record : reply.answer) {
    if (record.type == RecordType::kTxt) {
      if (auto text = zonestore::txt_joined(record.rdata)) {
        texts.push_back(*std::move(text));
      }
    }
  }
  return texts;
}

}  // namespace zonectl::probe
