#include "dnsd/observation.h"

#include <algorithm>
#include <cmath>

#include "dnsd/metrics/process_figures.h"
#include "dnsd/metrics/worker_sums.h"
#include "zonestore/base/release.h"

namespace dnsd {
namespace {

using std::chrono::seconds;
using zonestore::exposition::Exposition;
using zonestore::exposition::Kind;

constexpr seconds kStandingStill{30};  // a worker that has not moved for so long answers nobody
constexpr seconds kNotLookedAt{60};

double unix_seconds_now() {
  constexpr double kSecond = 1000;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) / kSecond;
}

std::vector<std::string> texts_of(std::span<const zonestore::Name> names) {
  std::vector<std::string> texts;
  std::ranges::transform(names, std::back_inserter(texts),
                         [](const zonestore::Name& name) { return name.to_text_no_dot(); });
  return texts;
}

seconds since(follow::StoreState::Clock::time_point when) {
  return std::chrono::duration_cast<seconds>(follow::StoreState::Clock::now() - when);
}

}  // namespace

Observation::Observation(const Sources& sources)
    : sources_(sources),
      started_at_(unix_seconds_now()),
      moved_at_(Clock::now().time_since_epoch().count()),
      last_status_(Clock::now()) {}

void Observation::note_all_moved() {
  moved_at_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
}

std::string Observation::text() const {
  const std::shared_ptr<const zone::Image> image = sources_.hub.current().image;
  Exposition out;
  expose_process(out);
  expose_workers(out, *image);
  expose_image(out, *image);
  sources_.store.expose(out);
  return out.text();
}

void Observation::expose_process(Exposition& out) const {
  out.family("dnsd_build_info", "Which dnsd this is: always 1", Kind::kGauge)
      .add(std::uint64_t{1}, {{"version", std::string(zonestore::release())}});
  out.family("dnsd_start_time_seconds", "When it began to serve", Kind::kGauge).add(started_at_);
  out.family("dnsd_metrics_listening", "1 while metrics can be had over HTTP", Kind::kGauge)
      .add(std::uint64_t{http_ != nullptr && http_->is_listening() ? 1U : 0U});
  out.family("dnsd_sandbox", "1 while the kernel keeps dnsd from all files but its own (Landlock)", Kind::kGauge)
      .add(std::uint64_t{sources_.is_sandboxed ? 1U : 0U});
  auto& lines = out.family("dnsd_log_lines_total", "Lines of the log, those held back too", Kind::kCounter);
  for (const util::LogLevel level :
       {util::LogLevel::kDebug, util::LogLevel::kInfo, util::LogLevel::kWarning, util::LogLevel::kError}) {
    lines.add(sources_.log.lines(level), {{"level", std::string(to_text(level))}});
  }
  expose(metrics::process_figures(), out);
}

void Observation::expose_workers(Exposition& out, const zone::Image& image) const {
  metrics::WorkerSums sums = sources_.workers.sums();
  sums.totals.add(metrics::ProcessCounts{.log_lines_dropped = sources_.log.dropped()});
  expose(sums, texts_of(image.slots.apexes()), out);
  out.family("dnsd_workers", "Threads that answer", Kind::kGauge).add(std::uint64_t{sources_.worker_count});
  auto& busy = out.family("dnsd_worker_busy_seconds_total", "CPU time of each worker's thread", Kind::kCounter);
  const std::vector<std::optional<double>> seconds = sources_.workers.busy_seconds();
  for (std::size_t worker = 0; worker < seconds.size(); ++worker) {
    if (seconds[worker]) {  // a counter that fell to 0 would read as a restart
      busy.add(*seconds[worker], {{"worker", std::to_string(worker)}});
    }
  }
  out.family("dnsd_udp_receive_buffer_drops_total",
             "Datagrams that the kernel dropped because the receive buffer was full: dnsd never saw them",
             Kind::kCounter)
      .add(sources_.workers.receive_drops());
  out.family("dnsd_tcp_connections_limit", "TCP connections that may be served at once", Kind::kGauge)
      .add(std::uint64_t{sources_.tcp_connections});
}

void Observation::expose_image(Exposition& out, const zone::Image& image) const {
  auto& serials = out.family("dnsd_zone_serial", "The SOA serial that is served", Kind::kGauge);
  auto& names = out.family("dnsd_zone_names", "Names of the zone, empty non-terminals too", Kind::kGauge);
  for (const auto& zone : image.zones) {
    const std::string apex = zone->apex.to_text_no_dot();
    serials.add(std::uint64_t{zone->serial}, {{"zone", apex}});
    names.add(std::uint64_t{zone->names.size()}, {{"zone", apex}});
  }
  out.family("dnsd_image_bytes", "Memory of the zones served", Kind::kGauge).add(std::uint64_t{image.memory_bytes()});
}

metrics::Health Observation::health() const {
  metrics::Health health;
  const auto note = [&health](const std::string& line) { health.text += line + "\n"; };
  if (draining_) {
    health.is_good = false;
    note("draining");
  }
  const Clock::time_point moved_at{Clock::duration(moved_at_.load(std::memory_order_relaxed))};
  if (Clock::now() - moved_at > kStandingStill) {
    health.is_good = false;
    note("a worker stands still");
  }
  if (const auto trouble = sources_.store.trouble()) {
    note("store unusable for " + std::to_string(since(trouble->since).count()) + " s (" +
         std::string(to_text(trouble->code)) + "): the last good image is served");
  }
  if (const seconds unseen = since(sources_.store.checked_at()); unseen > kNotLookedAt) {
    note("store not looked at for " + std::to_string(unseen.count()) + " s");
  }
  if (health.text.empty()) {
    note("good");
  }
  return health;
}

std::string Observation::status() {
  const auto now = Clock::now();
  const std::uint64_t received = sources_.workers.sums().totals.sum("dnsd_messages_received_total");
  const double passed = std::max(std::chrono::duration<double>(now - last_status_).count(), 1e-3);
  const auto rate = static_cast<std::uint64_t>(std::llround(static_cast<double>(received - last_received_) / passed));
  last_status_ = now;
  last_received_ = received;
  const std::shared_ptr<const zone::Image> image = sources_.hub.current().image;
  const std::size_t zones = image->zones.size();
  std::uint32_t serial = 0;
  for (const auto& zone : image->zones) {
    serial = std::max(serial, zone->serial);
  }
  return "answering: " + std::to_string(zones) + (zones == 1 ? " zone" : " zones") + ", serial " +
         std::to_string(serial) + ", " + std::to_string(rate) + "/s" +
         (sources_.store.trouble() ? "; the store cannot be used" : "");
}

}  // namespace dnsd
