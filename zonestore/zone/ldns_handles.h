// The one place that includes ldns: its handles with owners, its status as text.
//
// ldns is used at the edges (record text, zone files; the probe and the transfers may include this header too)
// and never on the query path. Nobody frees what ldns allocated except through these types.
// Threads: a handle belongs to one thread; ldns itself keeps no state between calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <ldns/ldns.h>
// ldns defines these for C compilers without them, and does not see that C++ has its own.
#undef bool
#undef true
#undef false

#include "zonestore/base/bytes.h"

namespace zonestore::ldns {

struct Deleter {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(char* text) const;
  void operator()(std::uint8_t* wire) const;
};

using Rr = std::unique_ptr<ldns_rr, Deleter>;
using Rdf = std::unique_ptr<ldns_rdf, Deleter>;
using Buffer = std::unique_ptr<ldns_buffer, Deleter>;
using Packet = std::unique_ptr<ldns_pkt, Deleter>;
using String = std::unique_ptr<char, Deleter>;
using Wire = std::unique_ptr<std::uint8_t, Deleter>;

// An empty buffer that grows. Throws std::bad_alloc.
[[nodiscard]] Buffer make_buffer(std::size_t capacity);
// What was written to the buffer so far; valid until it is written to again.
[[nodiscard]] ByteView written(const Buffer& buffer);
// A record's data in uncompressed wire form, without its length; empty and !ok on failure.
[[nodiscard]] ldns_status rdata_wire(const ldns_rr& rr, Bytes& out);

[[nodiscard]] std::string status_text(ldns_status status);

}  // namespace zonestore::ldns
