// What a signer's directory must hold: pure, files as text. See README.md of this folder for the formats.
//
//   key files   one a key, under its key id; written once, never altered
//   links       from a slot's name to the file of the key that it holds (not for opendkim, whose table names files)
//   tables      of all institutions, each file replaced whole by one rename
//   pointer     the one file that says which slot signs: whatever else there is says the same before and after it
//   flips
//
// In folders (rspamd-folders, exim-folders) there are no tables: each institution has its own pointer, and each
// domain a folder with a link to the institution's, so that a change of one institution writes its own files alone.
//
// Threads: plain values. Errors: base/error.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/dkim/selector.h"

namespace zonestore::signer {

enum class Format : std::uint8_t { kOpendkim, kRspamd, kRspamdFolders, kExim, kEximFolders, kFiles };
inline constexpr std::array kFormats{Format::kOpendkim, Format::kRspamd,      Format::kRspamdFolders,
                                     Format::kExim,     Format::kEximFolders, Format::kFiles};
[[nodiscard]] std::string_view to_text(Format format);  // "opendkim"
[[nodiscard]] Result<Format> parse_format(std::string_view text);
[[nodiscard]] bool has_tables(Format format);   // of all institutions
[[nodiscard]] bool has_domains(Format format);  // a folder for each domain

// 1 to 37 lower-case letters, digits and inner hyphens.
[[nodiscard]] Result<std::string> parse_signer_name(std::string_view text);
// An absolute path of letters, digits and / . _ + - only: signers give other characters a meaning of their own.
[[nodiscard]] Result<std::string> parse_directory(std::string_view text);

struct HeldKey {
  dkim::SlotId slot = dkim::SlotId::kSel1;
  std::string key_id;

  friend bool operator==(const HeldKey&, const HeldKey&) = default;
};

// An institution as its signers see it.
struct Signing {
  std::string code;
  std::optional<dkim::SlotId> active;   // nullopt: nothing is to be signed
  std::vector<HeldKey> keys;            // by slot, at most one each
  std::vector<std::string> domains;     // "mosamuseum.com"
  dkim::CustomerSelectors selectors{};  // under which its mail is signed

  friend bool operator==(const Signing&, const Signing&) = default;
};

struct TextFile {
  std::string path;  // from the directory
  std::string text;
};
struct Link {
  std::string path;  // from the directory
  std::string target;
};

// Where an institution's files lie, from the directory: "keys/mosa" or, as plain files, "mosa".
[[nodiscard]] std::string key_directory(Format format, std::string_view code);
// "keys/mosa/0123456789abcdef.private"
[[nodiscard]] std::string key_file(Format format, std::string_view code, std::string_view key_id);
// The key id in such a file's name; nullopt for any other file.
[[nodiscard]] std::optional<std::string> key_id_of(Format format, std::string_view file_name);
// The link that names a slot's key; nullopt where the format has none.
[[nodiscard]] std::optional<Link> slot_link(Format format, const Signing& signing, const HeldKey& key);

// The pointer of one institution, where each has its own; without text the file must not be there.
struct OwnPointer {
  std::string path;
  std::string text;  // empty: nothing signs
};
[[nodiscard]] std::optional<OwnPointer> own_pointer(Format format, const Signing& signing);

// Where a domain's folder lies, "domains/mosamuseum.com", and the link in it, to the folder of its institution.
[[nodiscard]] std::string domain_directory(std::string_view domain);
[[nodiscard]] Link domain_link(Format format, std::string_view domain, std::string_view code);
// The file that says which domains lead to the institution, one a line in order, so that one that has left it is
// found.
[[nodiscard]] std::optional<TextFile> domain_list(Format format, const Signing& signing);
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

// The tables of all institutions.
struct Tables {
  std::optional<TextFile> names;    // where keys are: one line a key or a domain, in the order of the institutions
  std::optional<TextFile> pointer;  // which of them signs
};
[[nodiscard]] Tables tables(Format format, const std::string& directory, const std::vector<Signing>& all);

// The names of all files and links of an institution's folder that these keys call for.
[[nodiscard]] std::vector<std::string> folder_names(Format format, const Signing& signing);

// `next` and those lines of `present` whose first word it does not have: good for the old pointer and for the new.
[[nodiscard]] std::string merged_lines(std::string_view present, std::string_view next);

// The tables of all whose files are as the store has them (`next`), and, of those in `waiting`, whose files are not,
// the lines that are there: a signer goes on with what it has of them. By code.
[[nodiscard]] Tables with_waiting(Format format, Tables next, std::string_view present_names,
                                  std::string_view present_pointer, const std::set<std::string>& waiting);

}  // namespace zonestore::signer
