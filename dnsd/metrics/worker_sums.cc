#include "dnsd/metrics/worker_sums.h"

#include <algorithm>
#include <string_view>

namespace dnsd::metrics {
namespace {

using zonestore::exposition::Exposition;
using zonestore::exposition::Family;
using zonestore::exposition::Histogram;
using zonestore::exposition::Labels;
using ShownKind = zonestore::exposition::Kind;

constexpr std::array<std::string_view, kTransports> kTransportNames{"udp", "tcp"};
constexpr std::array<std::string_view, 2> kFamilyNames{"ipv4", "ipv6"};
constexpr std::array<std::string_view, kAskedTypes> kTypeNames{"A",  "AAAA", "TXT",    "SOA", "NS",   "CNAME",
                                                               "MX", "DS",   "DNSKEY", "ANY", "other"};
constexpr std::array<std::string_view, kCountedRcodes> kRcodeNames{
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "NOTAUTH", "BADVERS", "other"};
constexpr std::array<std::string_view, kCookies> kCookieNames{"none", "client", "valid", "invalid"};
constexpr std::array<std::string_view, kZoneAnswers> kZoneAnswerNames{"positive", "nodata", "nxdomain", "referral"};

// transport="udp"
Labels labels_of(std::string_view written) {
  if (written.empty()) {
    return {};
  }
  const std::size_t equals = written.find('=');
  return {{written.substr(0, equals), std::string(written.substr(equals + 2, written.size() - equals - 3))}};
}

void expose_catalogue(const Totals& totals, Exposition& out) {
  for (std::size_t index = 0; index < kEntries; ++index) {
    const Entry& entry = catalogue()[index];
    const auto kind = entry.family->kind == Kind::kCounter ? ShownKind::kCounter : ShownKind::kGauge;
    out.family(entry.family->name, entry.family->help, kind).add(totals[index], labels_of(entry.labels));
  }
}

void expose_queries(const TallySums& tally, Exposition& out) {
  Family& queries =
      out.family("dnsd_queries_total", "Queries received, by what is asked for, and how", ShownKind::kCounter);
  for (std::size_t way = 0; way < kWays; ++way) {
    for (std::size_t type = 0; type < kAskedTypes; ++type) {
      queries.add(tally.queries[way][type], {{"transport", std::string(kTransportNames[transport_of(way)])},
                                             {"family", std::string(kFamilyNames[way % kFamilyNames.size()])},
                                             {"type", std::string(kTypeNames[type])}});
    }
  }
}

void expose_answers(const TallySums& tally, std::uint64_t slipped, Exposition& out) {
  Family& answers = out.family("dnsd_answers_total", "Answers made, but for those that the rate limit held back",
                               ShownKind::kCounter);
  std::uint64_t truncated = 0;
  for (std::size_t transport = 0; transport < kTransports; ++transport) {
    for (std::size_t rcode = 0; rcode < kCountedRcodes; ++rcode) {
      const auto& [whole, cut] = tally.answers[transport][rcode];
      truncated += cut;
      answers.add(whole + cut, {{"transport", std::string(kTransportNames[transport])},
                                {"rcode", std::string(kRcodeNames[rcode])}});
    }
  }
  // The help is the catalogue's, which has the third reason. What slips is truncated, and was counted with the rest;
  // of two counters that are read one after the other the second may be ahead.
  out.family("dnsd_answers_truncated_total", "", ShownKind::kCounter)
      .add(truncated - std::min(truncated, slipped), {{"reason", "size"}})
      .add(slipped, {{"reason", "slip"}});
}

void expose_edns(const TallySums& tally, Exposition& out) {
  std::array<std::uint64_t, kAskers> askers{};
  std::array<std::uint64_t, kCookies> cookies{};
  for (std::size_t asker = 0; asker < kAskers; ++asker) {
    for (std::size_t cookie = 0; cookie < kCookies; ++cookie) {
      askers[asker] += tally.askers[asker][cookie];
      cookies[cookie] += tally.askers[asker][cookie];
    }
  }
  const std::uint64_t dnssec_ok = askers[static_cast<std::size_t>(Asker::kDnssecOk)];
  out.family("dnsd_edns_queries_total", "Queries with a good OPT record", ShownKind::kCounter)
      .add(askers[static_cast<std::size_t>(Asker::kEdns)] + dnssec_ok);
  out.family("dnsd_dnssec_ok_queries_total", "Queries with DO: signatures are welcome", ShownKind::kCounter)
      .add(dnssec_ok);
  Family& shown = out.family("dnsd_cookies_total", "Queries by their DNS cookie", ShownKind::kCounter);
  for (std::size_t cookie = 0; cookie < kCookies; ++cookie) {
    shown.add(cookies[cookie], {{"state", std::string(kCookieNames[cookie])}});
  }
}

void expose_zones(const TallySums& tally, std::span<const std::string> zones, Exposition& out) {
  Family& answers = out.family("dnsd_zone_answers_total",
                               "Answers from a zone by kind; the 64th zone and those after it together are other",
                               ShownKind::kCounter);
  const auto add = [&](const std::string& zone, std::size_t slot) {
    for (std::size_t kind = 0; kind < kZoneAnswers; ++kind) {
      answers.add(tally.zones[slot][kind], {{"zone", zone}, {"kind", std::string(kZoneAnswerNames[kind])}});
    }
  };
  for (std::size_t slot = 0; slot < zones.size(); ++slot) {
    add(zones[slot], slot);
  }
  if (zones.size() == kZoneSlots - 1) {
    add("other", kZoneSlots - 1);
  }
}

void expose_sizes(const WorkerSums& sums, Exposition& out) {
  std::array<double, kSizeBounds.size()> bounds{};
  std::ranges::copy(kSizeBounds, bounds.begin());
  const std::array bytes{sums.totals.of(&SocketCounts::udp_answer_bytes),
                         sums.totals.of(&SocketCounts::tcp_answer_bytes)};
  Family& sizes = out.family("dnsd_answer_size_bytes", "Answers by their length", ShownKind::kHistogram);
  for (std::size_t transport = 0; transport < kTransports; ++transport) {
    sizes.add(Histogram{bounds, sums.tally.sizes[transport], static_cast<double>(bytes[transport])},
              {{"transport", std::string(kTransportNames[transport])}});
  }
}

void expose_batches(const WorkerSums& sums, Exposition& out) {
  constexpr std::array<double, kBatchBuckets> kBounds{1, 2, 4, 8, 16, 32, 64};
  std::array<std::uint64_t, kBatchBuckets + 1> counts{};  // no batch is larger than the last bound
  std::ranges::copy(sums.batches, counts.begin());
  out.family("dnsd_batch_queries", "How many datagrams a worker found waiting at once", ShownKind::kHistogram)
      .add(Histogram{kBounds, counts, static_cast<double>(sums.totals.of(&SocketCounts::udp_queries))});
}

}  // namespace

void WorkerSums::add(const WorkerCounters& counters) {
  totals.add(counters);
  for (std::size_t bucket = 0; bucket < kBatchBuckets; ++bucket) {
    batches[bucket] += counters.udp_batches.batches[bucket].read();
  }
  tcp_open += counters.tcp_open.read();
}

void WorkerSums::add(const AnswerCounters& counters) {
  totals.add(counters);
  counters.tally.add_to(tally);
}

void expose(const WorkerSums& sums, std::span<const std::string> zones, Exposition& out) {
  expose_catalogue(sums.totals, out);
  expose_queries(sums.tally, out);
  expose_answers(sums.tally, sums.totals.of(&AnswerCounts::limited_slipped), out);
  expose_edns(sums.tally, out);
  expose_zones(sums.tally, zones, out);
  expose_sizes(sums, out);
  expose_batches(sums, out);
  out.family("dnsd_tcp_connections", "TCP connections that are served now, transfers left out", ShownKind::kGauge)
      .add(sums.tcp_open);
  // Dropped by the limit: the same number as in dnsd_rate_limited_total, beside the other reasons.
  out.family("dnsd_queries_dropped_total", "", ShownKind::kCounter)
      .add(sums.totals.of(&AnswerCounts::limited_dropped), {{"reason", "rate_limit"}});
}

}  // namespace dnsd::metrics
