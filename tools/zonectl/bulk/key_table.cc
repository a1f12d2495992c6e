#include "tools/zonectl/bulk/key_table.h"

#include <sstream>

namespace zonectl {

using zonestore::ErrorCode;
using zonestore::Result;

namespace {

FileFault fault(std::size_t line, std::string what, std::string hint = {}) {
  return {line, {ErrorCode::kInvalid, std::move(what), std::move(hint), std::nullopt}};
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

// opendkim.conf(5), KeyTable: all else is the key itself.
bool is_path(std::string_view text) {
  return text.starts_with("/") || text.starts_with("./") || text.starts_with("../");
}

class KeyTableReader {
 public:
  KeyTable read(std::string_view text) {
    for (const ListedWord& listed : read_list(text)) {
      const std::vector<std::string> words = words_of(listed.word);
      if (words.size() != 2) {
        table_.faults.push_back(fault(listed.line, "not two words: a name, and domain:selector:file"));
      } else {
        read_entry(listed.line, words[0], words[1]);
      }
    }
    return std::move(table_);
  }

 private:
  void read_entry(std::size_t line, const std::string& name, const std::string& value) {
    const std::size_t first = value.find(':');
    const std::size_t second = first == std::string::npos ? first : value.find(':', first + 1);
    if (second == std::string::npos || second + 1 == value.size()) {
      table_.faults.push_back(fault(line, "the second word is not domain:selector:file"));
      return;
    }
    const std::string domain_text = value.substr(0, first);
    const auto domain = zonestore::dkim::domain_in_file("word 2, up to its colon", domain_text);
    if (!domain) {
      table_.faults.push_back(domain_text == "%" ? fault(line, "one key for any domain (%) belongs to no institution",
                                                         "import it for its institution: zonectl import CODE --pem")
                                                 : FileFault{line, domain.error()});
      return;
    }
    const std::string path = value.substr(second + 1);
    if (!is_path(path)) {  // not shown: it may be the key
      table_.faults.push_back(
          fault(line, "the key stands in the table itself",
                "write it to a file of mode 0600, and name that as opendkim does: with / or ./ first"));
      return;
    }
    if (const auto [earlier, is_new] = names_.emplace(name, line); !is_new) {
      table_.faults.push_back(fault(line, "its name stands in line " + std::to_string(earlier->second) + " already"));
      return;
    }
    table_.entries.push_back({line, name, *domain, value.substr(first + 1, second - first - 1), path});
  }

  std::map<std::string, std::size_t> names_;  // -> line
  KeyTable table_;
};

}  // namespace

KeyTable parse_key_table(std::string_view text) {
  return KeyTableReader().read(text);
}

SigningTable parse_signing_table(std::string_view text) {
  SigningTable table;
  for (const ListedWord& listed : read_list(text)) {
    const std::vector<std::string> words = words_of(listed.word);
    if (words.size() != 2) {
      table.faults.push_back(fault(listed.line, "not two words: a pattern, and the name of a key"));
      continue;
    }
    const std::size_t at = words[0].rfind('@');
    const auto domain =
        zonestore::dkim::domain_in_file("word 1", at == std::string::npos ? words[0] : words[0].substr(at + 1));
    if (!domain) {
      table.faults.push_back({listed.line, domain.error()});
      continue;
    }
    std::vector<zonestore::Name>& domains = table.domains[words[1]];
    if (std::find(domains.begin(), domains.end(), *domain) == domains.end()) {
      domains.push_back(*domain);
    }
  }
  return table;
}

Result<zonestore::dkim::Code> institution_of(const KeyTableEntry& entry) {
  if (auto code = zonestore::dkim::Code::parse(entry.name)) {
    return code;
  }
  const std::string domain = entry.domain.to_text();
  if (auto code = zonestore::dkim::Code::parse(domain.substr(0, domain.find('.')))) {
    return code;
  }
  return zonestore::fail(ErrorCode::kInvalid, "neither its name nor its domain " + domain + " makes a code",
                         "name the key by the institution's code");
}

}  // namespace zonectl
