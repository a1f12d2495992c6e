// zonectl check: what the DNS says, of our side and of the institutions'. The looking is done by a child (look/),
// made before the store is opened.
#include <deque>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/look/lookout.h"
#include "tools/zonectl/session/look_flags.h"
#include "tools/zonectl/telling/check_report.h"
#include "tools/zonectl/telling/json_check.h"

namespace zonectl::check {
namespace {

using look::SteadyTime;
using look::Task;
using probe::Report;
using probe::Severity;
using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::Store;

constexpr std::size_t kAtATime = 16;  // institutions that are looked at side by side
constexpr std::size_t kCodesAtATime = 256;
constexpr std::chrono::minutes kLongestLook{30};  // of one that takes its time; only a child that hangs takes so long

struct Options {
  std::optional<zonestore::dkim::Code> code;
  bool all = false;
  bool own = false;
  bool no_vault = false;
  look::Flags flags;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().one("INST", "", options.code, Need::kOptional, &zonestore::dkim::Code::parse,
                            "the institution's code, such as mosa");
  arguments.operators().flag("--all", options.all, "all institutions; only what is not right is shown");
  arguments.operators().flag("--own", options.own, "our own name servers alone");
  arguments.operators().flag(
      "--no-vault", options.no_vault,
      "leave the vault alone: whether the private keys fit is not tried (of the timers' units)");
  declare(arguments, options.flags);
  arguments.operators().one("--timeout", "DURATION", options.flags.timeout, Need::kOptional, &parse_seconds,
                            "how long to wait for an answer, twice (default: 2s)");
}

struct OpenedStore {
  Store store;
  bool keeps_evidence;
};

// Who may only read the store can still look.
Result<OpenedStore> open(const Session& session) {
  Result<Store> store = session.open_to_write();
  if (store) {
    return OpenedStore{*std::move(store), true};
  }
  if (store.error().code != ErrorCode::kPermission && store.error().code != ErrorCode::kReadOnly) {
    return tl::unexpected(store.error());
  }
  store = session.open_to_read();
  return std::move(store).map([](Store&& opened) { return OpenedStore{std::move(opened), false}; });
}

SteadyTime in_the_end() {
  return std::chrono::steady_clock::now() + kLongestLook;
}

// The run of one command.
class Check {
 public:
  Check(Session& session, const Options& options, look::Lookout& lookout, OpenedStore opened)
      : options_(options),
        lookout_(lookout),
        store_(std::move(opened.store)),
        keeps_evidence_(opened.keeps_evidence),
        output_(session, options.all || options.own),
        vault_is_open_(!options.no_vault) {}

  Result<ExitCode> run();

 private:
  // An institution that is being looked at.
  struct Begun {
    std::uint32_t number;
    zonestore::CheckSubject subject;
  };

  Result<void> look();
  Result<void> look_at_own_servers();
  Result<void> look_at_all();
  Result<void> take_oldest();
  void prove_keys(Report& report, const zonestore::CheckSubject& subject, const std::vector<bool>& served);
  bool has_other_key(const zonestore::dkim::Code& code, std::size_t slot, const std::string& key_id);
  void keep(const Report& report);
  void tell_unkept(const Result<void>& kept);
  Result<void> start(const zonestore::dkim::Code& code);
  [[nodiscard]] Task task(look::Kind kind, const zonestore::ExpectedZone& zone) const;
  [[nodiscard]] tl::unexpected<zonestore::Error> nobody_looks() const;

  const Options& options_;
  look::Lookout& lookout_;
  Store store_;
  bool keeps_evidence_;
  CheckOutput output_;
  zonestore::ExpectedZone dkim_zone_;
  std::deque<Begun> begun_;
  bool vault_is_open_;
  bool told_unkept_ = false;
};

Result<ExitCode> Check::run() {
  if (const Result<void> begun = output_.begin(); !begun) {
    return tl::unexpected(begun.error());
  }
  if (!keeps_evidence_) {
    output_.warn("the store can only be read by this user: what is seen is not kept for rotate");
  }
  if (options_.code) {  // first: an unknown one is told at once
    if (const auto known = subject_to_check(store_, *options_.code); !known) {
      return tl::unexpected(known.error());
    }
  }
  if (const Result<void> looked = look(); !looked) {
    return tl::unexpected(looked.error());
  }
  return output_.finish().map([this] { return output_.needs_attention() ? ExitCode::kFailed : ExitCode::kDone; });
}

Result<void> Check::look() {
  if (Result<void> own = look_at_own_servers(); !own || options_.own) {
    return own;
  }
  if (Result<void> looked = options_.all ? look_at_all() : start(*options_.code); !looked) {
    return looked;
  }
  while (!begun_.empty()) {
    if (Result<void> taken = take_oldest(); !taken) {
      return taken;
    }
  }
  return {};
}

tl::unexpected<zonestore::Error> Check::nobody_looks() const {
  return zonestore::fail(ErrorCode::kIo,
                         "the process that looks into the DNS gave no answer" +
                             (lookout_.failure().empty() ? "" : ": " + lookout_.failure()),
                         "what was seen before is kept; try again");
}

Task Check::task(look::Kind kind, const zonestore::ExpectedZone& zone) const {
  Task task;
  task.kind = kind;
  task.dkim_zone = store_.dkim_zone();
  task.spf_zone = store_.spf_zone();
  task.zone = zone;
  return task;
}

Result<void> Check::look_at_own_servers() {
  const auto zones = zones_to_check(store_);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  dkim_zone_ = zones->front();
  for (const zonestore::ExpectedZone& zone : *zones) {
    const auto evidence = lookout_.take_zone(lookout_.ask(task(look::Kind::kZone, zone)), in_the_end());
    if (!evidence) {
      return nobody_looks();
    }
    output_.add_servers(zone, *evidence);
    if (keeps_evidence_) {
      tell_unkept(record_server_evidence(store_, *evidence, zone.as_of));
    }
  }
  return {};
}

// Several at a time, told in order: the oldest is waited for when enough are under way.
Result<void> Check::look_at_all() {
  if (const auto count = count_to_check(store_)) {
    output_.expect(*count);
  }
  std::string after;
  for (;;) {
    const auto codes = codes_to_check(store_, after, kCodesAtATime);
    if (!codes) {
      return tl::unexpected(codes.error());
    }
    for (const zonestore::dkim::Code& code : *codes) {
      if (begun_.size() == kAtATime) {
        if (Result<void> taken = take_oldest(); !taken) {
          return taken;
        }
      }
      // One that has been removed meanwhile is left out.
      if (Result<void> started = start(code); !started && started.error().code != ErrorCode::kNotFound) {
        return started;
      }
      after = code.text();
    }
    if (codes->size() < kCodesAtATime) {
      break;
    }
  }
  return {};
}

Result<void> Check::start(const zonestore::dkim::Code& code) {
  auto subject = subject_to_check(store_, code);
  if (!subject) {
    return tl::unexpected(subject.error());
  }
  Task to_do = task(look::Kind::kInstitution, dkim_zone_);
  to_do.zone.record_sets.clear();
  to_do.subject = *subject;
  begun_.push_back({lookout_.ask(std::move(to_do)), *std::move(subject)});
  return {};
}

Result<void> Check::take_oldest() {
  const Begun begun = std::move(begun_.front());
  begun_.pop_front();
  auto seen = lookout_.take_institution(begun.number, in_the_end());
  if (!seen) {
    return nobody_looks();
  }
  Report report{begun.subject.code, begun.subject.as_of, std::move(seen->findings), {}};
  for (const zonestore::ExpectedSlot& slot : begun.subject.slots) {
    report.slots.push_back({slot.key_id, {}});
  }
  prove_keys(report, begun.subject, seen->served);
  keep(report);
  output_.add(report);
  return {};
}

bool Check::has_other_key(const zonestore::dkim::Code& code, std::size_t slot, const std::string& key_id) {
  const auto subject = subject_to_check(store_, code);
  return !subject || subject->slots.at(slot).key_id != key_id;
}

// The published bytes, which came over the wire, against the private key in the vault.
void Check::prove_keys(Report& report, const zonestore::CheckSubject& subject, const std::vector<bool>& served) {
  for (probe::Finding& finding : report.findings) {
    for (std::size_t i = 0; i < subject.slots.size() && vault_is_open_ && !finding.domain; ++i) {
      const zonestore::ExpectedSlot& slot = subject.slots[i];
      if (finding.subject != zonestore::dkim::to_text(slot.slot) || slot.key_id.empty() || !slot.rdata ||
          finding.verdict != zonestore::Verdict::kOk || i >= served.size() || !served[i]) {
        continue;
      }
      const Result<void> proven = prove_key(store_, slot.key_id, *slot.rdata);
      if (proven) {
        finding.detail += "; the private key fits";
      } else if (proven.error().refusal && has_other_key(report.code, i, slot.key_id)) {
        continue;  // it was replaced meanwhile, and its private half is gone
      } else if (proven.error().refusal) {
        finding.verdict = zonestore::Verdict::kKeyMismatch;
        finding.severity = Severity::kBad;
        finding.detail = proven.error().message;
        finding.advice = proven.error().hint;
      } else {
        vault_is_open_ = false;
        output_.warn("whether the private keys fit was not tried: " + proven.error().message);
      }
    }
  }
}

void Check::keep(const Report& report) {
  if (keeps_evidence_) {
    tell_unkept(record_evidence(store_, {{report.code, look_of(report)}}));
  }
}

// What was seen is told all the same. One warning: what hinders one mostly hinders all.
void Check::tell_unkept(const Result<void>& kept) {
  if (!kept && !told_unkept_) {
    told_unkept_ = true;
    output_.warn("not all that was seen is kept for rotate: " + kept.error().message);
  }
}

Result<ExitCode> body(Session& session, const Options& options) {
  const int ways = int{options.all} + int{options.own} + int{options.code.has_value()};
  if (ways != 1) {
    return zonestore::fail(ErrorCode::kInvalid,
                           ways > 1 ? "one of: an institution, --all, --own" : "an institution is missing",
                           "zonectl check INST, or zonectl check --all");
  }
  look::Means means = means_of(session, options.flags);
  means.suffixes = std::make_shared<const probe::PublicSuffixes>();
  look::Lookout lookout(means);  // before anything of the store is open
  Result<OpenedStore> opened = open(session);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  return Check(session, options, lookout, *std::move(opened)).run();
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"check",
       "ask the DNS: our name servers, the institution's CNAMEs, SPF and DMARC; what is wrong and what to publish",
       "zonectl check mosa\nzonectl check --all\nzonectl check --own\n"
       "zonectl check mosa --server 127.0.0.1:5300 --resolver 9.9.9.9",
       exits_of_reading({{ExitCode::kDone, "all is right"},
                         {ExitCode::kFailed, "something needs attention; or the command failed"},
                         {ExitCode::kNotFound, "no such institution"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::check
