#include "tools/zonectl/bulk/signing_table.h"

#include <algorithm>
#include <utility>

#include "tools/zonectl/bulk/key_table.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/zone/name.h"

namespace zonectl {

using zonestore::Name;

namespace {

constexpr char kNoUser = '\x01';  // the user of any_address()

// The * stands for any text. Linear: the last * alone is gone back to.
bool pattern_fits(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t behind_star = 0;
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      behind_star = in_text;
    } else if (at < pattern.size() && pattern[at] == text[in_text]) {
      ++at;
      ++in_text;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_text = ++behind_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

// "*", "user@*": the flat table looks for these, too.
bool is_flat_star(std::string_view pattern) {
  return std::count(pattern.begin(), pattern.end(), '*') == 1 && (pattern == "*" || pattern.ends_with("@*"));
}

bool is_of_patterns_alone(std::string_view pattern) {
  return pattern.find('*') != std::string_view::npos && !is_flat_star(pattern);
}

bool is_of_flat_alone(std::string_view pattern) {
  return pattern.find_first_of("*@") == std::string_view::npos || pattern.find("@.") != std::string_view::npos;
}

class SigningTableReader {
 public:
  SigningTable read(std::string_view text, std::optional<SigningTableForm> form) {
    for (const ListedWord& listed : read_list(text)) {
      read_line(listed);
    }
    const bool has_patterns = std::any_of(table_.lines.begin(), table_.lines.end(),
                                          [](const SigningLine& each) { return is_of_patterns_alone(each.pattern); });
    table_.form = form.value_or(has_patterns ? SigningTableForm::kPatterns : SigningTableForm::kFlat);
    drop_those_that_fit_nothing();
    return std::move(table_);
  }

 private:
  void read_line(const ListedWord& listed) {
    const std::vector<std::string_view> words = words_of(listed.word);
    if (words.size() != 2) {
      return fail(listed.line, "not two words: a pattern, and the name of a key");
    }
    const std::string key(words[1].substr(0, words[1].find(':')));
    if (key.empty()) {
      return fail(listed.line, "word 2 names no key before its colon");
    }
    SigningLine line{listed.line, zonestore::lower_case(words[0]), key};
    const std::string domain = line.pattern.substr(line.pattern.rfind('@') + 1);
    const std::size_t first = std::min(domain.find_first_not_of("*."), domain.size());
    const std::string named = domain.substr(first);
    const bool is_below = domain.substr(0, first).ends_with('.');  // of that name, which may have one label
    const auto known = zonestore::dkim::domain_in_file("word 1", is_below ? "x." + named : named);
    if (std::count(domain.begin(), domain.end(), '*') > 1) {
      return fail(listed.line, "word 1 has more than one * in its domain");
    }
    if (domain.ends_with('.')) {
      return fail(listed.line, "word 1 ends with a dot, as no address does that opendkim looks for");
    }
    if (line.pattern.find(kNoUser) != std::string::npos) {
      return fail(listed.line, "word 1 has a control character, as no address has");
    }
    if (!named.empty() && !known) {
      table_.faults.push_back({listed.line, known.error()});
      return;
    }
    table_.lines.push_back(std::move(line));
  }

  void drop_those_that_fit_nothing() {
    const bool is_flat = table_.form == SigningTableForm::kFlat;
    std::erase_if(table_.lines, [&](const SigningLine& each) {
      const bool is_dead = is_flat ? is_of_patterns_alone(each.pattern) : is_of_flat_alone(each.pattern);
      if (is_dead) {
        table_.faults.push_back(
            table_fault(each.line,
                        is_flat ? "a * that means nothing in a table without patterns (file:)"
                                : "a domain alone, which fits no address in a table of patterns (refile:)",
                        is_flat ? "name the table as opendkim.conf does: --signing-table refile:FILE"
                                : "write it as *@ and the domain, or name the table as opendkim.conf does: "
                                  "--signing-table file:FILE"));
      }
      return is_dead;
    });
  }

  void fail(std::size_t line, std::string what) { table_.faults.push_back(table_fault(line, std::move(what))); }

  SigningTable table_;
};

}  // namespace

std::string SigningLine::key_for(const Name& domain) const {
  return key == "%" ? domain.to_text_no_dot() : key;
}

bool SigningLine::fits(std::string_view address) const {
  return pattern_fits(pattern, address);
}

std::string any_address(const Name& domain) {
  return std::string(1, kNoUser) + "@" + domain.to_text_no_dot();
}

Scope SigningTable::scope_of(const SigningLine& line) const {
  const std::size_t at = line.pattern.rfind('@');
  const std::string domain = at == std::string::npos ? line.pattern : line.pattern.substr(at + 1);
  const auto named = domain.find('*') == std::string::npos && !domain.starts_with('.')
                         ? zonestore::dkim::parse_domain(domain)
                         : zonestore::Result<Name>(tl::unexpected(zonestore::Error{}));
  if (!named || named->to_text_no_dot() != domain) {  // written as no address has it: it fits none
    return {};
  }
  const bool is_whole = form == SigningTableForm::kFlat ? at == std::string::npos : line.fits(any_address(*named));
  return {is_whole ? Scope::Kind::kDomain : Scope::Kind::kAddress, *named};
}

SigningTable parse_signing_table(std::string_view text, std::optional<SigningTableForm> form) {
  return SigningTableReader().read(text, form);
}

}  // namespace zonectl
