// An SPF record followed to its ends. Inside probe/ only.
#pragma once

#include <set>
#include <string>

#include "tools/zonectl/probe/mail_policy.h"
#include "zonestore/spf/policy_record.h"

namespace zonectl::probe {

class SpfWalk {
 public:
  SpfWalk(const zonestore::Name& include, const LookUp& look_up) : include_(include), look_up_(look_up) {}

  void follow(const zonestore::spf::PolicyRecord& record, const zonestore::Name& domain);

  [[nodiscard]] unsigned lookups() const { return lookups_; }
  [[nodiscard]] unsigned voids() const { return voids_; }
  [[nodiscard]] bool reaches_include() const { return reaches_include_; }
  [[nodiscard]] bool is_behind_all() const { return is_behind_all_; }
  // The first include or redirect that makes a receiver give up, in words; empty if none does.
  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] const std::string& unanswered() const { return unanswered_; }

 private:
  void follow_directive(const zonestore::spf::Directive& directive, const zonestore::Name& domain);
  void follow_record(const std::string& domain_spec, const std::string& term);
  void count_hosts(const zonestore::Name& name, zonestore::spf::Mechanism mechanism);
  void note_broken(const std::string& what);
  [[nodiscard]] Found ask(const zonestore::Name& name, zonestore::RecordType type);

  const zonestore::Name& include_;
  const LookUp& look_up_;
  unsigned lookups_ = 0;
  unsigned voids_ = 0;
  bool reaches_include_ = false;
  bool is_behind_all_ = false;
  std::string broken_;
  std::string unanswered_;
};

}  // namespace zonectl::probe
