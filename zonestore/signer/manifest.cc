#include "zonestore/signer/manifest.h"

#include <algorithm>

#include "zonestore/base/file_text.h"

namespace zonestore::signer {
namespace {

constexpr std::string_view kManifestHead =
    "# What zonectl wrote here; it takes nothing else away. Without this file it takes the folder for somebody "
    "else's.\n"
    "zonectl-signer 1\n";

// Takes "WORD rest" off the front; nullopt if the line begins with another word.
std::optional<std::string_view> take_word_line(std::string_view& text, std::string_view word) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(word) || text.size() <= word.size() ||
      text[word.size()] != ' ') {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(word.size() + 1, end - word.size() - 1);
  text.remove_prefix(end + 1);
  return rest;
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string_view::npos;
}

}  // namespace

std::string to_text(const Manifest& manifest) {
  std::string text(kManifestHead);
  text.append("store ").append(manifest.owner.store_id).append("\n");
  text.append("signer ").append(manifest.owner.signer).append("\n");
  for (const std::string& name : manifest.names) {
    text.append("name ").append(name).append("\n");
  }
  return text;
}

std::optional<Manifest> parse_manifest(std::string_view text) {
  text = without_byte_order_mark(text);
  if (!text.starts_with(kManifestHead)) {
    return std::nullopt;
  }
  text.remove_prefix(kManifestHead.size());
  const auto store = take_word_line(text, "store");
  const auto signer = take_word_line(text, "signer");
  if (!store || !signer || store->empty() || signer->empty()) {
    return std::nullopt;
  }
  Manifest manifest{{std::string(*store), std::string(*signer)}, {}};
  while (!text.empty()) {
    const auto name = take_word_line(text, "name");
    if (!name || !is_plain_name(*name)) {
      return std::nullopt;
    }
    manifest.names.emplace(*name);
  }
  return manifest;
}

}  // namespace zonestore::signer
