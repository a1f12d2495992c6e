#include "zonestore/zone/ldns_handles.h"

#include <cstdlib>
#include <new>

namespace zonestore::ldns {

void Deleter::operator()(char* text) const {
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory): ldns used malloc
}

void Deleter::operator()(std::uint8_t* wire) const {
  std::free(wire);  // NOLINT(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory): ldns used malloc
}

Buffer make_buffer(std::size_t capacity) {
  Buffer buffer(ldns_buffer_new(capacity));
  if (!buffer) {
    throw std::bad_alloc();
  }
  return buffer;
}

ByteView written(const Buffer& buffer) {
  return {ldns_buffer_begin(buffer.get()), ldns_buffer_position(buffer.get())};
}

ldns_status rdata_wire(const ldns_rr& rr, Bytes& out) {
  const Buffer buffer = make_buffer(LDNS_MIN_BUFLEN);
  const ldns_status status = ldns_rr_rdata2buffer_wire(buffer.get(), &rr);
  const ByteView wire = status == LDNS_STATUS_OK ? written(buffer) : ByteView();
  out.assign(wire.begin(), wire.end());
  return status;
}

std::string status_text(ldns_status status) {
  const char* text = ldns_get_errorstr_by_id(status);
  return text != nullptr ? text : "error " + std::to_string(status) + " of ldns";
}

}  // namespace zonestore::ldns
