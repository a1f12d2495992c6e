#include "dnsd/net/udp_batch.h"

#include <algorithm>
#include <cerrno>
#include <span>

#include <netinet/in.h>

#include "zonestore/base/socket_address.h"

namespace dnsd::net {
namespace {

// Buffers a whole number of pages apart would put the first lines of all 64 into the same few cache sets.
constexpr std::size_t kCacheLineBytes = 64;
constexpr std::size_t stride(std::size_t bytes) {
  return (bytes + kCacheLineBytes - 1) / kCacheLineBytes * kCacheLineBytes + kCacheLineBytes;
}

// Whom the kernel says that a datagram was for (IP_PKTINFO): to this machine alone, or to all on the link, or to a
// group. A broadcast shows by the address that the kernel would answer from, which is another one then.
bool is_for_this_machine(const msghdr& header) {
  for (const cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(part))) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      const auto* const info = reinterpret_cast<const in_pktinfo*>(CMSG_DATA(part));
      return info->ipi_addr.s_addr == info->ipi_spec_dst.s_addr;
    }
    if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      return !IN6_IS_ADDR_MULTICAST(&reinterpret_cast<const in6_pktinfo*>(CMSG_DATA(part))->ipi6_addr);
    }
  }
  return true;  // of a socket that is bound to one address
}

// The route decides which interface an answer leaves by, not the one that the query came in by; a link-local
// address means nothing without its interface and keeps it.
void keep_address_only(msghdr& header) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      reinterpret_cast<in_pktinfo*>(CMSG_DATA(part))->ipi_ifindex = 0;
    } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      auto* const info = reinterpret_cast<in6_pktinfo*>(CMSG_DATA(part));
      if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr)) {
        info->ipi6_ifindex = 0;
      }
    }
  }
}

}  // namespace

UdpBatch::UdpBatch(std::size_t answer_bytes)
    : answer_bytes_(answer_bytes),
      query_memory_(kMaxMessages * stride(kMaxQueryBytes)),
      answer_memory_(kMaxMessages * stride(answer_bytes)),
      received_count_(kMaxMessages) {
  for (std::size_t index = 0; index < kMaxMessages; ++index) {
    query_parts_[index] = iovec{query_memory_.data() + index * stride(kMaxQueryBytes), kMaxQueryBytes};
    answer_parts_[index] = iovec{answer_memory_.data() + index * stride(answer_bytes), 0};
  }
}

std::size_t UdpBatch::receive(int socket) {
  for (std::size_t index = 0; index < received_count_; ++index) {
    rearm(index);
  }
  received_count_ = 0;
  for (std::size_t attempt = 0; attempt < kMaxMessages; ++attempt) {
    const int count = ::recvmmsg(socket, received_.data(), kMaxMessages, MSG_DONTWAIT, nullptr);
    if (count > 0) {
      received_count_ = static_cast<std::size_t>(count);
      return received_count_;
    }
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return 0;
    }
  }
  return 0;
}

// The kernel overwrites these lengths with what it filled.
void UdpBatch::rearm(std::size_t index) {
  received_[index] = mmsghdr{};
  msghdr& header = received_[index].msg_hdr;
  header.msg_name = &peers_[index];
  header.msg_namelen = sizeof peers_[index];
  header.msg_iov = &query_parts_[index];
  header.msg_iovlen = 1;
  header.msg_control = &controls_[index];
  header.msg_controllen = sizeof controls_[index];
}

void UdpBatch::answer(int socket, Handler& handler, metrics::WorkerCounters& counters) {
  handler.begin_batch();
  counters.udp_queries.add(received_count_);
  counters.udp_batches.add(received_count_);
  list_queries(counters);
  handler.handle_all(std::span(exchanges_).first(exchange_count_));
  outgoing_count_ = 0;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < exchange_count_; ++at) {
    if (exchanges_[at].answer_size > 0) {
      queue_answer(places_[at], exchanges_[at].answer_size);
      bytes += exchanges_[at].answer_size;
    }
  }
  counters.udp_answer_bytes.add(bytes);
  send(socket, handler, counters);
}

void UdpBatch::list_queries(metrics::WorkerCounters& counters) {
  exchange_count_ = 0;
  for (std::size_t index = 0; index < received_count_; ++index) {
    const mmsghdr& message = received_[index];
    if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      counters.udp_oversized.add();
      continue;
    }
    if (!is_for_this_machine(message.msg_hdr)) {
      counters.udp_broadcast.add();
      continue;
    }
    Exchange& exchange = exchanges_[exchange_count_];
    exchange.query = {static_cast<const std::uint8_t*>(query_parts_[index].iov_base), message.msg_len};
    exchange.room = {static_cast<std::uint8_t*>(answer_parts_[index].iov_base), answer_bytes_};
    exchange.client.address = zonestore::address_bytes(reinterpret_cast<const sockaddr&>(peers_[index]));
    places_[exchange_count_++] = static_cast<std::uint8_t>(index);
  }
}

void UdpBatch::queue_answer(std::size_t index, std::size_t length) {
  answer_parts_[index].iov_len = length;
  mmsghdr& message = outgoing_[outgoing_count_++];
  message.msg_len = 0;
  message.msg_hdr = received_[index].msg_hdr;
  message.msg_hdr.msg_iov = &answer_parts_[index];
  message.msg_hdr.msg_flags = 0;
  if (message.msg_hdr.msg_controllen == 0) {
    message.msg_hdr.msg_control = nullptr;
  } else {
    keep_address_only(message.msg_hdr);
  }
}

void UdpBatch::send(int socket, Handler& handler, metrics::WorkerCounters& counters) {
  std::size_t done = 0;
  while (done < outgoing_count_) {
    const auto left = static_cast<unsigned>(outgoing_count_ - done);
    const int sent = ::sendmmsg(socket, outgoing_.data() + done, left, MSG_DONTWAIT);
    if (sent > 0) {
      counters.udp_answers.add(static_cast<std::uint64_t>(sent));
      done += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      counters.udp_dropped.add(left);  // the queue is full: waiting would only make later answers late
      return;
    } else if (errno == EMSGSIZE && shorten(done, handler)) {
      counters.udp_truncated.add();
    } else if (errno != EINTR) {
      counters.udp_dropped.add();  // this one's fault: no route, port 0
      ++done;
    }
  }
}

// False: it is as short as it can be.
bool UdpBatch::shorten(std::size_t outgoing, Handler& handler) {
  iovec& answer = *outgoing_[outgoing].msg_hdr.msg_iov;
  const std::span of_now = std::span(exchanges_).first(exchange_count_);
  const auto exchange = std::find_if(of_now.begin(), of_now.end(), [&answer](const Exchange& each) {
    return each.room.data() == static_cast<std::uint8_t*>(answer.iov_base);
  });
  exchange->answer_size = answer.iov_len;  // of one that was shortened already: what is left of it
  const std::size_t length = handler.shorten(*exchange);
  if (length == 0 || length >= answer.iov_len) {
    return false;
  }
  answer.iov_len = length;
  return true;
}

}  // namespace dnsd::net
