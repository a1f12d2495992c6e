// How a request for a transfer (AXFR, IXFR) is answered where one message is enough. Threads: plain value.
#pragma once

#include <cstdint>

namespace dnsd::answer {

enum class TransferVerdict : std::uint8_t {
  kRefused,   // REFUSED, saying that it is prohibited; NOTAUTH where the name is no zone of ours
  kNotImp,    // a transfer that does not go this way (RFC 5936 section 4.2: AXFR over UDP)
  kFormErr,   // IXFR that does not say from where (RFC 1995 section 3)
  kSoaAlone,  // the zone's SOA: nothing is new, or it is to be asked for over TCP (RFC 1995 section 2)
};

}  // namespace dnsd::answer
