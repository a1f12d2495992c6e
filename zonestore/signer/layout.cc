#include "zonestore/signer/layout.h"

#include <algorithm>
#include <unordered_set>

#include "zonestore/base/letters.h"
#include "zonestore/base/text_encodings.h"

namespace zonestore::signer {
namespace {

constexpr std::size_t kMaxFileNameBytes = 37;
constexpr std::size_t kKeyIdDigits = 16;
constexpr std::string_view kHead = "# Written by zonectl signer sync; changes made here are lost.\n";

bool is_path_character(char c) {
  return is_letter_or_digit(c) || std::string_view("/._+-").find(c) != std::string_view::npos;
}

std::string_view extension(Format format) {
  return format == Format::kOpendkim ? ".private" : ".pem";
}

const HeldKey* active_key(const Signing& signing) {
  const auto found = std::find_if(signing.keys.begin(), signing.keys.end(),
                                  [&](const HeldKey& key) { return key.slot == signing.active; });
  return found == signing.keys.end() ? nullptr : &*found;
}

std::string opendkim_key_name(const Signing& signing, const HeldKey& key) {
  return signing.code + "." + key.key_id;
}

// One line a key: "mosa.0123456789abcdef %:stxsel1:/dir/keys/mosa/0123456789abcdef.private"; % is the mail's domain.
std::string opendkim_keys(const std::string& directory, const std::vector<Signing>& all) {
  std::string text(kHead);
  for (const Signing& signing : all) {
    for (const HeldKey& key : signing.keys) {
      text += opendkim_key_name(signing, key) + " %:" + signing.selectors.of(key.slot) + ":" + directory + "/" +
              key_file(Format::kOpendkim, signing.code, key.key_id) + "\n";
    }
  }
  return text;
}

// A line for each domain of those that sign: `line` is given the institution, its key and the domain.
template <class Line>
std::string each_signing_domain(const std::vector<Signing>& all, Line&& line) {
  std::string text(kHead);
  for (const Signing& signing : all) {
    const HeldKey* const key = active_key(signing);
    if (key == nullptr) {
      continue;
    }
    for (const std::string& domain : signing.domains) {
      text += line(signing, *key, domain) + "\n";
    }
  }
  return text;
}

Tables opendkim_tables(const std::string& directory, const std::vector<Signing>& all) {
  return {TextFile{"KeyTable", opendkim_keys(directory, all)},
          TextFile{"SigningTable", each_signing_domain(all, [](const Signing& signing, const HeldKey& key,
                                                               const std::string& domain) {
                     return "*@" + domain + " " + opendkim_key_name(signing, key);
                   })}};
}

Tables rspamd_tables(const std::string& directory, const std::vector<Signing>& all) {
  return {TextFile{"path_map",
                   each_signing_domain(all,
                                       [&](const Signing& signing, const HeldKey&, const std::string& domain) {
                                         return domain + " " + directory + "/" +
                                                key_directory(Format::kRspamd, signing.code) + "/$selector.pem";
                                       })},
          TextFile{"selector_map", each_signing_domain(all, [](const Signing& signing, const HeldKey& key,
                                                               const std::string& domain) {
                     return domain + " " + signing.selectors.of(key.slot);
                   })}};
}

Tables exim_tables(const std::string& directory, const std::vector<Signing>& all) {
  return {TextFile{"directories",
                   each_signing_domain(all,
                                       [&](const Signing& signing, const HeldKey&, const std::string& domain) {
                                         return domain + ": " + directory + "/" +
                                                key_directory(Format::kExim, signing.code);
                                       })},
          TextFile{"selectors", each_signing_domain(
                                    all, [](const Signing& signing, const HeldKey& key, const std::string& domain) {
                                      return domain + ": " + signing.selectors.of(key.slot);
                                    })}};
}

std::string_view first_word(std::string_view line) {
  return line.substr(0, line.find_first_of(" :"));
}

template <class Each>
void for_each_line(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0 && text.front() != '#') {
      each(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view second_word(std::string_view line) {
  return line.substr(std::min(line.find_first_of(" :") + 1, line.size()));
}

// Of a line of the table that says where keys are.
std::string_view code_in_names(Format format, std::string_view line) {
  if (format == Format::kOpendkim) {  // "mosa.0123456789abcdef %:..."
    return line.substr(0, std::min(line.find('.'), line.size()));
  }
  constexpr std::string_view kFolder = "/keys/";  // "mosamuseum.com /dir/keys/mosa/$selector.pem"
  const std::size_t at = line.rfind(kFolder);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = line.substr(at + kFolder.size());
  return rest.substr(0, std::min(rest.find('/'), rest.size()));
}

// `text` and those lines of `present` that are wanted and whose first word it does not have.
template <class Wanted>
std::string with_lines(std::string text, std::string_view present, Wanted&& wanted) {
  std::unordered_set<std::string> known;
  for_each_line(text, [&](std::string_view line) { known.emplace(first_word(line)); });
  for_each_line(present, [&](std::string_view line) {
    if (wanted(line) && !known.contains(std::string(first_word(line)))) {
      text.append(line).append("\n");
    }
  });
  return text;
}

}  // namespace

std::string_view to_text(Format format) {
  switch (format) {
    case Format::kOpendkim:
      return "opendkim";
    case Format::kRspamd:
      return "rspamd";
    case Format::kRspamdFolders:
      return "rspamd-folders";
    case Format::kExim:
      return "exim";
    case Format::kEximFolders:
      return "exim-folders";
    case Format::kFiles:
      return "files";
  }
  return {};
}

Result<Format> parse_format(std::string_view text) {
  for (const Format format : kFormats) {
    if (to_text(format) == text) {
      return format;
    }
  }
  return fail(ErrorCode::kInvalid, "there is no signer format '" + std::string(text) + "'",
              "the formats are opendkim, rspamd, rspamd-folders, exim, exim-folders, files");
}

bool has_tables(Format format) {
  return format == Format::kOpendkim || format == Format::kRspamd || format == Format::kExim;
}

bool has_domains(Format format) {
  return format == Format::kRspamdFolders || format == Format::kEximFolders;
}

Result<std::string> parse_signer_name(std::string_view text) {
  const bool good =
      !text.empty() && text.size() <= kMaxFileNameBytes && text.front() != '-' && text.back() != '-' &&
      std::all_of(text.begin(), text.end(), [](char c) { return is_small_letter_or_digit(c) || c == '-'; });
  if (!good) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is no name for a signer",
                "1 to 37 lower-case letters, digits and inner hyphens, such as opendkim-1");
  }
  return std::string(text);
}

Result<std::string> parse_directory(std::string_view text) {
  while (text.size() > 1 && text.back() == '/') {
    text.remove_suffix(1);
  }
  const bool good = text.size() > 1 && text.front() == '/' && text.find("//") == std::string_view::npos &&
                    (std::string(text) + "/").find("/../") == std::string::npos &&
                    (std::string(text) + "/").find("/./") == std::string::npos &&
                    std::all_of(text.begin(), text.end(), is_path_character);
  if (!good) {
    return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is no directory for a signer",
                "an absolute path of letters, digits and / . _ + - : signers give other characters a meaning");
  }
  return std::string(text);
}

std::string key_directory(Format format, std::string_view code) {
  return (format == Format::kFiles ? "" : "keys/") + std::string(code);
}

std::string key_file(Format format, std::string_view code, std::string_view key_id) {
  return key_directory(format, code) + "/" + std::string(key_id) + std::string(extension(format));
}

std::optional<std::string> key_id_of(Format format, std::string_view file_name) {
  const std::string_view end = extension(format);
  if (file_name.size() != kKeyIdDigits + end.size() || !file_name.ends_with(end)) {
    return std::nullopt;
  }
  const std::string_view id = file_name.substr(0, kKeyIdDigits);
  if (!is_hex(id, kKeyIdDigits)) {
    return std::nullopt;
  }
  return std::string(id);
}

std::optional<Link> slot_link(Format format, const Signing& signing, const HeldKey& key) {
  if (format == Format::kOpendkim) {
    return std::nullopt;
  }
  const std::string name = format == Format::kFiles ? dkim::to_text(key.slot) : signing.selectors.of(key.slot);
  return Link{key_directory(format, signing.code) + "/" + name + ".pem", key.key_id + std::string(extension(format))};
}

std::optional<OwnPointer> own_pointer(Format format, const Signing& signing) {
  if (has_tables(format)) {
    return std::nullopt;
  }
  OwnPointer pointer{key_directory(format, signing.code) + "/active", ""};
  if (!signing.active) {
    return pointer;
  }
  if (!has_domains(format)) {
    pointer.text = dkim::to_text(*signing.active) + "\n";
  } else if (const HeldKey* const key = active_key(signing)) {
    pointer.text = signing.selectors.of(key->slot) + "\n";
  }
  return pointer;
}

std::string domain_directory(std::string_view domain) {
  return "domains/" + std::string(domain);
}

Link domain_link(Format format, std::string_view domain, std::string_view code) {
  return {domain_directory(domain) + "/institution", "../../" + key_directory(format, code)};
}

std::optional<TextFile> domain_list(Format format, const Signing& signing) {
  if (!has_domains(format)) {
    return std::nullopt;
  }
  TextFile list{key_directory(format, signing.code) + "/domains", ""};
  for (const std::string& domain : signing.domains) {
    list.text += domain + "\n";
  }
  return list;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for_each_line(text, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

Tables tables(Format format, const std::string& directory, const std::vector<Signing>& all) {
  switch (format) {
    case Format::kOpendkim:
      return opendkim_tables(directory, all);
    case Format::kRspamd:
      return rspamd_tables(directory, all);
    case Format::kExim:
      return exim_tables(directory, all);
    case Format::kRspamdFolders:
    case Format::kEximFolders:
    case Format::kFiles:
      break;
  }
  return {};
}

std::vector<std::string> folder_names(Format format, const Signing& signing) {
  const std::size_t prefix = key_directory(format, signing.code).size() + 1;
  std::vector<std::string> names;
  for (const HeldKey& key : signing.keys) {
    names.push_back(key_file(format, signing.code, key.key_id).substr(prefix));
    if (const std::optional<Link> link = slot_link(format, signing, key)) {
      names.push_back(link->path.substr(prefix));
    }
  }
  if (const std::optional<OwnPointer> pointer = own_pointer(format, signing)) {
    names.push_back(pointer->path.substr(prefix));
  }
  if (const std::optional<TextFile> list = domain_list(format, signing); list && !list->text.empty()) {
    names.push_back(list->path.substr(prefix));
  }
  return names;
}

std::string merged_lines(std::string_view present, std::string_view next) {
  std::unordered_set<std::string_view> known;
  for_each_line(next, [&](std::string_view line) { known.insert(first_word(line)); });
  std::string merged(next);
  for_each_line(present, [&](std::string_view line) {
    if (!known.contains(first_word(line))) {
      merged.append(line).append("\n");
    }
  });
  return merged;
}

Tables with_waiting(Format format, Tables next, std::string_view present_names, std::string_view present_pointer,
                    const std::set<std::string>& waiting) {
  if (waiting.empty() || !next.names || !next.pointer) {
    return next;
  }
  std::unordered_set<std::string_view> theirs;  // first words of names that belong to those that wait
  next.names->text = with_lines(std::move(next.names->text), present_names, [&](std::string_view line) {
    const bool waits = waiting.contains(std::string(code_in_names(format, line)));
    if (waits) {
      theirs.insert(first_word(line));
    }
    return waits;
  });
  next.pointer->text = with_lines(std::move(next.pointer->text), present_pointer, [&](std::string_view line) {
    return format == Format::kOpendkim ? theirs.contains(second_word(line)) : theirs.contains(first_word(line));
  });
  return next;
}

}  // namespace zonestore::signer
