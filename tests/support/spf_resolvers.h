// Resolvers of the whole world, against the SPF zone's texts over time: what may each of them hold, and what does
// SPF (RFC 7208) then say? Written from the standard and from texts alone; it knows nothing of how they are made.
//
// Each record is cached by itself, at any time while it was answered, for up to its TTL; that there is none is cached
// too, for the negative TTL. A server of ours may answer the old for some time after the commit (`lag`).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

using Second = std::int64_t;

class ResolverModel {
 public:
  explicit ResolverModel(std::string apex) : apex_(std::move(apex)) {}

  // From now on the name answers this, with that TTL; nullopt: nothing, with the negative TTL.
  void publish(Second now, const std::string& owner, const std::optional<std::string>& text, Second ttl, Second lag) {
    std::vector<Answer>& answers = answers_[owner];
    if (!answers.empty() && answers.back().text == text && answers.back().ttl == ttl) {
      return;
    }
    if (!answers.empty()) {
      answers.back().answered_until = now + lag;
    }
    answers.push_back({text, text ? directives(*text) : Directives{}, ttl, std::nullopt});
  }

  // What is wrong at some resolver, or nothing: a sender that must pass and does not, a permerror, more look-ups than
  // were said.
  std::string fault(Second now, const std::set<std::string>& must_pass, unsigned said_lookups) {
    forget(now);
    for (const Answer& apex : answers_[apex_]) {
      const auto includes = std::count_if(apex.directives.begin(), apex.directives.end(), is_include);
      if (1 + includes > static_cast<std::int64_t>(said_lookups)) {
        return "needs " + std::to_string(1 + includes) + " look-ups, not " + std::to_string(said_lookups);
      }
      if (possible(apex.directives, "a stranger").contains(Outcome::kPermanentError)) {
        return "a permanent error with " + *apex.text;
      }
      for (const std::string& sender : must_pass) {
        if (possible(apex.directives, sender) != std::set{Outcome::kPass}) {
          return sender + " does not pass with " + *apex.text;
        }
      }
    }
    return "";
  }

 private:
  using Directives = std::vector<std::string>;
  struct Answer {
    std::optional<std::string> text;
    Directives directives;
    Second ttl;
    std::optional<Second> answered_until;
  };
  enum class Outcome : std::uint8_t { kPass, kNoMatch, kPermanentError };

  static bool is_include(const std::string& directive) { return directive.starts_with("include:"); }

  static Directives directives(const std::string& text) {
    std::istringstream words(text);
    std::string version;
    words >> version;
    Directives found;
    for (std::string word; words >> word;) {
      found.push_back(word);
    }
    return version == "v=spf1" ? found : Directives{};
  }

  void forget(Second now) {
    for (auto& [owner, answers] : answers_) {
      std::erase_if(answers, [now](const Answer& each) {
        return each.answered_until && *each.answered_until + each.ttl <= now;
      });
    }
  }

  // Everything that check_host may come to, with whatever is held of the included records (section 5.2). The sender
  // is named by the term that allows it.
  std::set<Outcome> possible(const Directives& record, const std::string& sender) {
    std::set<Outcome> outcomes;
    for (const std::string& directive : record) {
      if (directive == sender) {
        outcomes.insert(Outcome::kPass);
        return outcomes;
      }
      if (!is_include(directive)) {
        continue;
      }
      const std::set<Outcome> included = of_include(directive.substr(8), sender);
      outcomes.insert(included.begin(), included.end());
      outcomes.erase(Outcome::kNoMatch);
      if (!included.contains(Outcome::kNoMatch)) {
        return outcomes;  // evaluation never goes on from here
      }
    }
    outcomes.insert(Outcome::kNoMatch);
    return outcomes;
  }
  std::set<Outcome> of_include(const std::string& owner, const std::string& sender) {
    std::set<Outcome> outcomes;
    for (const Answer& answer : answers_[owner]) {
      if (!answer.text) {
        outcomes.insert(Outcome::kPermanentError);  // "none" of an include is a permerror
      } else {
        outcomes.merge(possible(answer.directives, sender));
      }
    }
    return outcomes.empty() ? std::set{Outcome::kPermanentError} : outcomes;
  }

  std::string apex_;
  std::map<std::string, std::vector<Answer>> answers_;
};

}  // namespace tests
