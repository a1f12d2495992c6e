// The fields of type_forms.h: from words into wire form and back. Inside zone/ only.
// What is written is read back as the same bytes, but for the whole forms of data that has more ways than one to say
// a thing (a bitmap with an empty window, an unsorted list): who writes those compares.
#pragma once

#include <cstdint>

#include "zonestore/zone/field_source.h"
#include "zonestore/zone/type_forms.h"

namespace zonestore {

// The field's words, taken from `words` and put into its bytes.
[[nodiscard]] Taken read_field(Field field, WordSource& words);
// False: the bytes are not of that form.
[[nodiscard]] bool write_field(Field field, WireSource& wire);

// What a field is made of, and so which functions read and write it.
enum class FieldKind : std::uint8_t { kName, kIpv4, kIpv6, kNumber, kString, kBytes, kWholeForm };
[[nodiscard]] FieldKind kind_of(Field field);

// True for a field that has one text alone for each value of its bytes.
[[nodiscard]] bool is_one_to_one(Field field);

// The whole forms, each in a source of its own.
[[nodiscard]] Taken read_types(WordSource& words);
[[nodiscard]] bool write_types(WireSource& wire);
[[nodiscard]] Taken read_services(WordSource& words);
[[nodiscard]] bool write_services(WireSource& wire);
[[nodiscard]] Taken read_location(WordSource& words);
[[nodiscard]] bool write_location(WireSource& wire);
[[nodiscard]] Taken read_prefixes(WordSource& words);
[[nodiscard]] bool write_prefixes(WireSource& wire);
[[nodiscard]] Taken read_gateway(WordSource& words);
[[nodiscard]] bool write_gateway(WireSource& wire);
[[nodiscard]] Taken read_relay(WordSource& words);
[[nodiscard]] bool write_relay(WireSource& wire);
[[nodiscard]] Taken read_identity(WordSource& words);
[[nodiscard]] bool write_identity(WireSource& wire);
[[nodiscard]] Taken read_parameters(WordSource& words);
[[nodiscard]] bool write_parameters(WireSource& wire);

// Fields that the whole forms are made of, too.
[[nodiscard]] Taken read_ipv4(WordSource& words);
[[nodiscard]] Taken read_ipv6(WordSource& words);
[[nodiscard]] std::optional<Bytes> address_of(std::string_view text, int family);  // AF_INET or AF_INET6
[[nodiscard]] std::string address_text(ByteView address);                          // of 4 or 16 bytes
[[nodiscard]] Taken read_base64(WordSource& words, bool may_be_empty);
[[nodiscard]] Taken read_algorithm(WordSource& words);

}  // namespace zonestore
