#include "tools/zonectl/probe/dmarc/record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "zonestore/base/joined.h"
#include "zonestore/base/letters.h"
#include "zonestore/zone/name.h"

namespace zonectl::probe::dmarc {

// Sections are those of RFC 7489. Read twice over: as receivers read it, who give up at the first fault
// (section 6.3), and as it was meant, so that a record can be shown that says that. The first is in `faults`, the
// second in `tags`.

namespace {

constexpr std::string_view kSpace = " \t";
constexpr std::string_view kVersion = "DMARC1";
constexpr std::array<std::string_view, 3> kPolicies{"none", "quarantine", "reject"};
constexpr std::array<std::string_view, 12> kKnown{"p",   "sp", "np", "adkim", "aspf", "fo",
                                                  "pct", "rf", "ri", "rua",   "ruf",  "v"};
constexpr int kWholePercent = 100;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  const std::size_t last = text.find_last_not_of(kSpace);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

using zonestore::is_digit;
using zonestore::is_letter;

bool is_known(std::string_view name) {
  return std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == text.size()) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

// The name of the tag that begins there: "rua" of "rua = mailto:...". Empty: none that is known.
std::string known_name_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_letter(text[end])) {
    ++end;
  }
  const std::string name = zonestore::lower_case(text.substr(0, end));
  return is_known(name) && trimmed(text.substr(end)).starts_with('=') ? name : std::string();
}

// "p=reject rua=..." and "p=reject, rua=...": where a known tag begins behind a space or a comma, a semicolon was
// forgotten. In a list of addresses that is so, too: no address is "rua=".
std::vector<std::string_view> parts_of(std::string_view part) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t at = 1; at < part.size(); ++at) {
    const bool follows_gap = part[at - 1] == ' ' || part[at - 1] == '\t' || part[at - 1] == ',';
    const bool is_value = trimmed(part.substr(begin, at - begin)).ends_with('=');
    if (follows_gap && !is_value && !known_name_at(part.substr(at)).empty()) {
      std::string_view before = trimmed(part.substr(begin, at - begin));
      before.remove_suffix(before.ends_with(',') ? 1 : 0);
      parts.push_back(trimmed(before));
      begin = at;
    }
  }
  parts.push_back(trimmed(part.substr(begin)));
  return parts;
}

// As it was meant: "rejected", "quarantine." Empty: nobody knows.
std::string policy_meant(std::string_view value) {
  for (const std::string_view policy : {kPolicies[2], kPolicies[1], kPolicies[0]}) {
    if (value.starts_with(policy.substr(0, 3))) {
      return std::string(policy);
    }
  }
  return {};
}

// A URI, with the largest size of a report behind "!" (section 6.2).
bool is_address(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || !is_letter(text.front()) ||
      text.find_first_of(" \t") != std::string_view::npos) {
    return false;
  }
  if (const std::size_t mark = text.rfind('!'); mark != std::string_view::npos) {
    std::string_view size = text.substr(mark + 1);
    size.remove_suffix(!size.empty() && std::string_view("kmgtKMGT").find(size.back()) != std::string_view::npos ? 1
                                                                                                                 : 0);
    if (size.empty() || !std::all_of(size.begin(), size.end(), is_digit)) {
      return false;
    }
    text = text.substr(0, mark);
  }
  return zonestore::lower_case(text.substr(0, colon)) != "mailto" ||
         (text.find('@') != std::string_view::npos && !text.ends_with('@'));
}

class Reader {
 public:
  Record read(std::string_view text) {
    if (!text.empty() && kSpace.find(text.front()) != std::string_view::npos) {
      fault("it begins with a space");
    }
    bool is_first = true;
    for (const std::string_view part : split(text, ';')) {
      const std::vector<std::string_view> parts = parts_of(part);
      if (parts.size() > 1) {
        fault("a semicolon is missing in \"" + std::string(part) + "\"");
      }
      for (const std::string_view each : parts) {
        if (is_first) {
          is_first = false;  // the version
        } else if (!each.empty()) {
          take(each);
        }
      }
    }
    put_policy_first();
    return std::move(record_);
  }

 private:
  void fault(std::string text) { record_.faults.push_back(std::move(text)); }

  void take(std::string_view part) {
    const std::size_t equals = part.find('=');
    Tag tag{zonestore::lower_case(trimmed(part.substr(0, equals))), ""};
    if (equals == std::string_view::npos || tag.name.empty() ||
        !std::all_of(tag.name.begin(), tag.name.end(),
                     [](char each) { return zonestore::is_letter_or_digit(each) || each == '_'; })) {
      fault("\"" + std::string(part) + "\" is no tag with a value");
      return;
    }
    tag.value = trimmed(part.substr(equals + 1));
    if (tag.value.empty()) {
      fault("\"" + std::string(trimmed(part.substr(0, equals))) + "\" has no value");
      is_policy_there_ = is_policy_there_ || tag.name == "p";
      return;
    }
    if (is_policy(tag.name)) {
      take_policy(std::move(tag));
    } else if (is_good(tag)) {
      keep(std::move(tag));
    }
  }

  static bool is_policy(std::string_view name) { return name == "p" || name == "sp" || name == "np"; }

  // A receiver that finds a bad p= may take it as p=none if there is an address for reports, and must else ignore the
  // record (section 6.6.3): either way nobody is protected, and nobody is told.
  void take_policy(Tag tag) {
    is_policy_there_ = is_policy_there_ || tag.name == "p";
    const std::string value = zonestore::lower_case(tag.value);
    if (std::find(kPolicies.begin(), kPolicies.end(), value) == kPolicies.end()) {
      fault(tag.name + "=" + tag.value + " is none of none, quarantine, reject" +
            (tag.name == "p" ? "" : ": receivers take the whole as p=none, or as no record"));
      tag.value = policy_meant(value);
    } else {
      tag.value = value;
    }
    if (tag.name == "p" && !record_.tags.empty()) {
      record_.notes.emplace_back("p= belongs right behind v=DMARC1: some receivers look for it nowhere else");
    }
    if (!tag.value.empty()) {
      keep(std::move(tag));
    }
  }

  // Says what is wrong, and mends a list of addresses.
  bool is_good(Tag& tag) {
    const std::string value = zonestore::lower_case(tag.value);
    std::string expected;
    if (tag.name == "adkim" || tag.name == "aspf") {
      expected = value == "r" || value == "s" ? "" : "neither r nor s";
    } else if (tag.name == "pct") {
      int percent = -1;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), percent);
      const bool is_number = error == std::errc{} && end == value.data() + value.size() && is_digit(value.front());
      expected = is_number && percent <= kWholePercent ? "" : "no number from 0 to 100";
    } else if (tag.name == "ri") {
      expected = std::all_of(value.begin(), value.end(), is_digit) ? "" : "no number of seconds";
    } else if (tag.name == "fo") {
      const auto parts = split(value, ':');
      const bool are_known = std::all_of(parts.begin(), parts.end(), [](std::string_view each) {
        return each == "0" || each == "1" || each == "d" || each == "s";
      });
      expected = are_known ? "" : "none of 0, 1, d, s";
    } else if (tag.name == "rua" || tag.name == "ruf") {
      return take_addresses(tag);
    } else if (tag.name == "v") {
      expected = "a second version";
    }
    if (!expected.empty()) {
      fault(tag.name + "=" + tag.value + " is " + expected);
    }
    return expected.empty();
  }

  bool take_addresses(Tag& tag) {
    std::string good;
    for (const std::string_view address : split(tag.value, ',')) {
      std::string meant(address);
      if (!is_address(address)) {
        fault("\"" + meant + "\" in " + tag.name + " is no address such as mailto:reports@example.com");
        meant.insert(0, "mailto:");
      }
      if (is_address(meant)) {
        zonestore::append_joined(good, ",", meant);
      }
    }
    tag.value = good;
    return !good.empty();
  }

  // A second one of a name is a fault; of policies the stricter stays, of addresses both.
  void keep(Tag tag) {
    const auto known = std::find_if(record_.tags.begin(), record_.tags.end(),
                                    [&tag](const Tag& each) { return each.name == tag.name; });
    if (known == record_.tags.end()) {
      record_.tags.push_back(std::move(tag));
      return;
    }
    fault("\"" + tag.name + "\" stands there twice");
    const bool is_stricter = (is_policy(tag.name) && strictness(tag.value) > strictness(known->value)) ||
                             (tag.name == "pct" && std::stoi(tag.value) > std::stoi(known->value));
    if (is_stricter) {
      known->value = tag.value;
    } else if (tag.name == "rua" || tag.name == "ruf") {
      known->value += "," + tag.value;
    }
  }

  void put_policy_first() {
    const auto policy =
        std::find_if(record_.tags.begin(), record_.tags.end(), [](const Tag& each) { return each.name == "p"; });
    if (policy != record_.tags.end()) {
      std::rotate(record_.tags.begin(), policy, policy + 1);
      return;
    }
    if (!is_policy_there_) {
      fault("it has no p=");
    }
    record_.tags.insert(record_.tags.begin(), Tag{"p", "none"});  // what a receiver makes of it, at best
  }

  Record record_;
  bool is_policy_there_ = false;
};

// "v", "=", and what follows them; nullopt: it does not begin so.
std::optional<std::string_view> behind_version_tag(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || (text.front() != 'v' && text.front() != 'V')) {
    return std::nullopt;
  }
  text = trimmed(text.substr(1));
  return text.starts_with('=') ? std::optional(trimmed(text.substr(1))) : std::nullopt;
}

}  // namespace

std::string Record::text() const {
  std::string text = "v=" + std::string(kVersion);
  for (const Tag& tag : tags) {
    text += "; " + tag.name + "=" + tag.value;
  }
  return text;
}

const Tag* Record::find(std::string_view name) const {
  const auto found = std::find_if(tags.begin(), tags.end(), [name](const Tag& each) { return each.name == name; });
  return found == tags.end() ? nullptr : &*found;
}

bool is_record(std::string_view text) {
  const auto value = behind_version_tag(text);
  return value && value->starts_with(kVersion) &&
         (trimmed(value->substr(kVersion.size())).empty() ||
          trimmed(value->substr(kVersion.size())).starts_with(';'));
}

bool is_meant_as_record(std::string_view text) {
  const auto value = behind_version_tag(text);
  return !is_record(text) && value && zonestore::lower_case(*value).starts_with("dmarc");
}

Record read(std::string_view text) {
  return Reader().read(text);
}

Record merged(std::vector<Record> records) {
  // Several records at one name are none at all (section 6.6.3). The one that replaces them protects as much as the
  // strictest of them meant to.
  const auto strictness_of = [](const Record& record, std::string_view name) {
    const Tag* const tag = record.find(name);
    return tag == nullptr ? -1 : strictness(tag->value);
  };
  std::stable_sort(records.begin(), records.end(), [&](const Record& left, const Record& right) {
    return strictness_of(left, "p") > strictness_of(right, "p");
  });
  Reader reader;
  std::string text = "v=" + std::string(kVersion);
  for (const Record& record : records) {
    for (const Tag& tag : record.tags) {
      text += "; " + tag.name + "=" + tag.value;
    }
  }
  Record all = reader.read(text);
  // Where one of them has no sp, its p is what holds below it.
  const auto below =
      std::find_if(all.tags.begin(), all.tags.end(), [](const Tag& each) { return each.name == "sp"; });
  if (below != all.tags.end()) {
    for (const Record& record : records) {
      if (record.find("sp") == nullptr && strictness_of(record, "p") > strictness(below->value)) {
        below->value = record.find("p")->value;
      }
    }
  }
  all.faults.clear();
  all.notes.clear();
  return all;
}

int strictness(std::string_view policy) {
  const auto found = std::find(kPolicies.begin(), kPolicies.end(), policy);
  return found == kPolicies.end() ? 0 : static_cast<int>(found - kPolicies.begin());
}

}  // namespace zonectl::probe::dmarc
