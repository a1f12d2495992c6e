// One way through an SPF record. For the sources of this folder only; evaluation.h is what others use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/probe/spf/evaluation.h"
#include "zonestore/spf/policy_record.h"

namespace zonectl::probe::spf {

class Walk {
 public:
  // `assumed`: whether each term matches that only a message can tell of, in the order in which they come; what is
  // not in it yet is assumed not to, and added.
  Walk(const Sender& sender, const zonestore::Name& ours, LookUps& look_ups, std::vector<bool>& assumed)
      : sender_(sender), ours_(ours), look_ups_(look_ups), assumed_(assumed) {}

  [[nodiscard]] Evaluation run(const std::string& record, const zonestore::Name& domain);

 private:
  enum class Match : std::uint8_t { kNo, kYes, kTempError, kPermError };
  struct Target {
    std::optional<zonestore::Name> name;
    bool is_told = true;  // false: it takes a message
  };

  [[nodiscard]] Result check_record(const std::string& text, const zonestore::Name& domain);
  [[nodiscard]] Result check_domain(const zonestore::Name& domain, const std::string& term);
  [[nodiscard]] Result follow_redirect(const std::string& domain_spec, const zonestore::Name& domain);
  [[nodiscard]] Match match(const zonestore::spf::Directive& directive, const zonestore::Name& domain);
  [[nodiscard]] Match match_asking(const zonestore::spf::Directive& directive, const zonestore::Name& domain);
  [[nodiscard]] Match match_include(const zonestore::spf::Directive& directive, const Target& target);
  [[nodiscard]] Match match_exists(const zonestore::Name& name);
  [[nodiscard]] Match match_a(const zonestore::spf::Directive& directive, const zonestore::Name& name);
  [[nodiscard]] Match match_mx(const zonestore::spf::Directive& directive, const zonestore::Name& name);
  [[nodiscard]] Match match_ptr(const zonestore::Name& name);

  [[nodiscard]] Match match_host(const zonestore::spf::Directive& directive, const zonestore::Name& host);
  [[nodiscard]] bool holds(const zonestore::spf::Directive& directive, const zonestore::Bytes& network) const;
  [[nodiscard]] const std::vector<zonestore::Name>& validated_names();
  [[nodiscard]] std::string validated_name(const zonestore::Name& domain);
  [[nodiscard]] Target target_of(const std::string& domain_spec, const zonestore::Name& domain);
  [[nodiscard]] Match assume(const std::string& term);
  [[nodiscard]] Match count_lookup();
  [[nodiscard]] Match count_void();
  [[nodiscard]] Match give_up(Trouble trouble, const std::string& what);
  [[nodiscard]] const Found* ask(const zonestore::Name& name, zonestore::RecordType type);
  [[nodiscard]] bool is_survey() const { return sender_.kind == Sender::Kind::kNobody; }
  [[nodiscard]] bool has_address() const { return sender_.kind == Sender::Kind::kAddress; }

  const Sender& sender_;
  const zonestore::Name& ours_;
  LookUps& look_ups_;
  std::vector<bool>& assumed_;
  std::size_t next_assumed_ = 0;
  Message message_;
  std::vector<zonestore::Name> way_;  // the domains whose records are being read
  bool may_pass_ = true;              // no qualifier on that way says otherwise
  std::optional<std::vector<zonestore::Name>> validated_;
  Evaluation evaluation_;
};

}  // namespace zonectl::probe::spf
