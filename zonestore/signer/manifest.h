// What a signer's directory, and each folder in it, says of itself in its file .zonectl: whose it is, and which names
// in it we wrote. Nothing else there is ever replaced or removed. One such file a folder, so that a change of one
// institution writes the few lines of its own. Pure: text in, text out. Format: README.md of this folder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace zonestore::signer {

inline constexpr std::string_view kManifestName = ".zonectl";
// What is being written lies beside its place under this and its name: with the name, it is ours.
inline constexpr std::string_view kDraftMark = ".new-";

struct Identity {
  std::string store_id;
  std::string signer;  // its name

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Manifest {
  Identity owner;
  std::set<std::string> names;  // in that folder; none is a path

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

[[nodiscard]] std::string to_text(const Manifest& manifest);
[[nodiscard]] std::optional<Manifest> parse_manifest(std::string_view text);  // nullopt: this is none

}  // namespace zonestore::signer
