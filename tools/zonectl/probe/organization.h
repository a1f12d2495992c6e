// Whose domain a name is: its organizational domain (RFC 7489 section 3.2), by the public suffix list.
//
// The list is Debian's (package publicsuffix), else what libpsl has in it. Read once, before a look is confined.
// Threads: any number at once, once it is made. Errors: without a list every name is its own organization.
#pragma once

#include <memory>
#include <optional>

#include "zonestore/zone/name.h"

namespace zonectl::probe {

class PublicSuffixes {
 public:
  PublicSuffixes();
  ~PublicSuffixes();
  PublicSuffixes(PublicSuffixes&&) noexcept;
  PublicSuffixes& operator=(PublicSuffixes&&) noexcept;
  PublicSuffixes(const PublicSuffixes&) = delete;
  PublicSuffixes& operator=(const PublicSuffixes&) = delete;

  // museum.co.uk of news.museum.co.uk; of a public suffix: itself.
  [[nodiscard]] zonestore::Name organization_of(const zonestore::Name& name) const;

 private:
  struct List;
  std::unique_ptr<List> list_;
};

}  // namespace zonectl::probe
