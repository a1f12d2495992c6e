#include "tools/zonectl/probe/organization.h"

#include <string>

#include <libpsl.h>

namespace zonectl::probe {

using zonestore::Name;

struct PublicSuffixes::List {
  struct Free {
    void operator()(psl_ctx_t* read) const { psl_free(read); }
  };
  std::unique_ptr<psl_ctx_t, Free> list{psl_latest(nullptr)};
};

PublicSuffixes::PublicSuffixes() : list_(std::make_unique<List>()) {}
PublicSuffixes::~PublicSuffixes() = default;
PublicSuffixes::PublicSuffixes(PublicSuffixes&&) noexcept = default;
PublicSuffixes& PublicSuffixes::operator=(PublicSuffixes&&) noexcept = default;

Name PublicSuffixes::organization_of(const Name& name) const {
  const std::string text = name.lowered().to_text_no_dot();
  const char* const found =
      list_->list == nullptr ? nullptr : psl_registrable_domain(list_->list.get(), text.c_str());
  const auto organization = found == nullptr ? zonestore::Result<Name>(name) : Name::parse(found);
  return organization && name.is_at_or_below(*organization) ? *organization : name;
}

}  // namespace zonectl::probe
