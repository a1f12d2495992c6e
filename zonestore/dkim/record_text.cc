#include "zonestore/dkim/record_text.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "zonestore/base/letters.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/crypto/spki_form.h"
#include "zonestore/dkim/algorithm.h"

namespace zonestore::dkim {

namespace {

using Tags = std::map<std::string, std::string, std::less<>>;

tl::unexpected<Error> invalid(const std::string& why) {
  return fail(ErrorCode::kInvalid, "the DKIM record cannot be used: " + why);
}

constexpr bool is_space(char character) {
  return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_tag_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char character) {
    return is_letter_or_digit(character) || character == '_';
  });
}

bool is_tag_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char character) { return is_space(character) || (character > ' ' && character <= '~'); });
}

Result<void> add_tag(Tags& tags, std::string_view specification) {
  const std::size_t equals = specification.find('=');
  if (equals == std::string_view::npos) {
    return invalid("there is a tag without '='");
  }
  const std::string_view name = trimmed(specification.substr(0, equals));
  const std::string_view value = trimmed(specification.substr(equals + 1));
  if (!is_tag_name(name)) {
    return invalid("there is a malformed tag name");
  }
  if (!is_tag_value(value)) {
    return invalid("the tag " + std::string(name) + "= holds a byte that is not printable ASCII");
  }
  if (name == "v" && !tags.empty()) {
    return invalid("v= is not its first tag");
  }
  if (!tags.emplace(name, value).second) {
    return invalid("the tag " + std::string(name) + "= is there twice");
  }
  return {};
}

// RFC 6376 section 3.2; one ';' may end the list.
Result<Tags> parse_tags(std::string_view text) {
  Tags tags;
  while (!trimmed(text).empty() || tags.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (const auto added = add_tag(tags, text.substr(0, end)); !added) {
      return tl::unexpected(added.error());
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return tags;
}

std::string_view value_or(const Tags& tags, std::string_view name, std::string_view otherwise) {
  const auto found = tags.find(name);
  return found == tags.end() ? otherwise : std::string_view(found->second);
}

// Whether a list such as "sha1 : sha256" has one of the two words.
bool lists(std::string_view list, std::string_view word, std::string_view alternative) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    const std::string_view entry = trimmed(list.substr(begin, end - begin));
    if (entry == word || entry == alternative) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

Result<Bytes> spki_of(std::string_view key_type, const Bytes& data) {
  if (key_type == "ed25519") {
    if (data.size() != crypto::kEd25519Bytes) {
      return invalid("its Ed25519 key has " + std::to_string(data.size()) + " bytes instead of 32");
    }
    Bytes spki(crypto::kEd25519SpkiHead.begin(), crypto::kEd25519SpkiHead.end());
    spki.insert(spki.end(), data.begin(), data.end());
    return spki;
  }
  const auto algorithm = algorithm_of(data);
  // A short key is weak but a key; whether it may be used is for the caller to decide.
  const bool is_weak_rsa = !algorithm && algorithm.error().code == ErrorCode::kRefused;
  if (!algorithm && !is_weak_rsa) {
    return invalid(algorithm.error().message);
  }
  if (algorithm && *algorithm == crypto::Algorithm::kEd25519) {
    return invalid("it says k=rsa and holds an Ed25519 key");
  }
  return data;
}

}  // namespace

Result<std::string> record_text(ByteView public_spki) {
  const auto algorithm = algorithm_of(public_spki);
  if (!algorithm) {
    return tl::unexpected(algorithm.error());
  }
  if (*algorithm == crypto::Algorithm::kEd25519) {
    // OpenSSL also takes forms that are not DER, of which the record could not give back the bytes.
    if (!std::equal(crypto::kEd25519SpkiHead.begin(), crypto::kEd25519SpkiHead.end(), public_spki.begin())) {
      return fail(ErrorCode::kDamaged, "the public key is not one SubjectPublicKeyInfo structure in DER");
    }
    return "v=DKIM1; k=ed25519; p=" + base64_of(public_spki.subspan(crypto::kEd25519SpkiHead.size()));
  }
  return "v=DKIM1; k=rsa; p=" + base64_of(public_spki);
}

Result<ParsedRecord> parse_record_text(std::string_view text) {
  const auto tags = parse_tags(text);
  if (!tags) {
    return tl::unexpected(tags.error());
  }
  if (value_or(*tags, "v", "DKIM1") != "DKIM1") {
    return invalid("its version is not DKIM1");
  }
  const auto found = tags->find("p");
  if (found == tags->end()) {
    return invalid("it has no p= tag");
  }
  if (found->second.empty()) {
    return ParsedRecord{true, {}};
  }
  const std::string_view key_type = value_or(*tags, "k", "rsa");
  if (key_type != "rsa" && key_type != "ed25519") {
    return invalid("its k= tag names neither rsa nor ed25519, and verifiers know no other key type");
  }
  if (!lists(value_or(*tags, "h", "sha256"), "sha256", "sha256")) {
    return invalid("its h= tag does not allow sha256");
  }
  if (!lists(value_or(*tags, "s", "*"), "*", "email")) {
    return invalid("its s= tag does not allow mail");
  }
  std::string encoded = found->second;
  encoded.erase(std::remove_if(encoded.begin(), encoded.end(), is_space), encoded.end());
  const std::optional<Bytes> data = bytes_of_base64(encoded);
  if (!data) {
    return invalid(encoded.size() % 4 != 0 ? "its p= tag: base64 text of " + std::to_string(encoded.size()) +
                                                 " characters is cut short: the length must be a multiple of 4"
                                           : "its p= tag: text is not base64 (RFC 4648 section 4)");
  }
  return spki_of(key_type, *data).map([](Bytes spki) { return ParsedRecord{false, std::move(spki)}; });
}

std::size_t answer_size_bytes(std::size_t owner_wire_bytes, ByteView txt_rdata) {
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kTypeAndClass = 4;
  constexpr std::size_t kRecordHead = 12;  // pointer to the owner, type, class, TTL, length
  return kHeader + owner_wire_bytes + kTypeAndClass + kRecordHead + txt_rdata.size();
}

}  // namespace zonestore::dkim
