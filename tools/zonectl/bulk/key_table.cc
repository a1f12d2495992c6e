#include "tools/zonectl/bulk/key_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "zonestore/dkim/selector.h"
#include "zonestore/zone/name.h"

namespace zonectl {

using zonestore::ErrorCode;

namespace {

// opendkim.conf(5), KeyTable: all else is the key itself.
bool is_path(std::string_view text) {
  return text.starts_with("/") || text.starts_with("./") || text.starts_with("../");
}

class KeyTableReader {
 public:
  KeyTable read(std::string_view text) {
    for (const ListedWord& listed : read_list(text)) {
      const std::vector<std::string_view> words = words_of(listed.word);
      if (words.size() != 2) {
        fail(listed.line, "not two words: a name, and domain:selector:file");
      } else {
        read_entry(listed.line, words[0], words[1]);
      }
    }
    return std::move(table_);
  }

 private:
  void read_entry(std::size_t line, std::string_view name, std::string_view value) {
    const std::size_t first = value.find(':');
    const std::size_t second = first == std::string_view::npos ? first : value.find(':', first + 1);
    if (second == std::string_view::npos || second + 1 == value.size() || second == first + 1) {
      return fail(line, "the second word is not domain:selector:file");
    }
    KeyTableEntry entry{line,
                        std::string(name),
                        std::nullopt,
                        zonestore::lower_case(value.substr(first + 1, second - first - 1)),
                        zonestore::crypto::SecretText(value.substr(second + 1)),
                        true};
    entry.is_path = is_path(entry.key);
    if (const std::string_view text = value.substr(0, first); text != "%") {
      auto domain = zonestore::dkim::domain_in_file("word 2, up to its colon", text);
      if (!domain) {
        table_.faults.push_back({line, domain.error()});
        return;
      }
      entry.domain = *std::move(domain);
    }
    if (!zonestore::Name::parse(entry.selector)) {
      return fail(line, "the selector, between the colons of word 2, is none");
    }
    if (const auto [earlier, is_new] = names_.emplace(name, line); !is_new) {
      return fail(line, "its name stands in line " + std::to_string(earlier->second) +
                            " already, and that is the one that opendkim uses");
    }
    table_.entries.push_back(std::move(entry));
  }

  void fail(std::size_t line, std::string what) { table_.faults.push_back(table_fault(line, std::move(what))); }

  std::map<std::string, std::size_t> names_;  // -> line
  KeyTable table_;
};

}  // namespace

std::string KeyTableEntry::path_for(const zonestore::Name& signed_domain) const {
  std::string path;
  for (const char each : key) {
    path += each == '%' ? signed_domain.to_text_no_dot() : std::string(1, each);
  }
  return path;
}

KeyTable parse_key_table(std::string_view text) {
  return KeyTableReader().read(text);
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\v\f\r";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(kBlank); at < text.size(); at = text.find_first_not_of(kBlank, at)) {
    const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

FileFault table_fault(std::size_t line, std::string what, std::string hint, std::string reason) {
  return {line, {ErrorCode::kInvalid, std::move(what), std::move(hint), std::nullopt}, std::move(reason)};
}

}  // namespace zonectl
