// A real store as the subject, driven through zonestore's operations, and looked at in two ways: as its readers see
// the institution, and as the zone is published.
//
// Its disk fails under one command in seven, once or until the command has ended. What is said to be not done is done
// again, and must then be as if it were the first time; of what is not known the audit log decides.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "tests/scenario/lifecycle/subject.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temp_directory.h"
#include "zonestore/dkim/record_text.h"
#include "zonestore/operations/audit_log.h"
#include "zonestore/operations/evidence_rows.h"
#include "zonestore/operations/freeze.h"
#include "zonestore/operations/held_keys.h"
#include "zonestore/operations/maintain.h"
#include "zonestore/operations/moment_keeper.h"
#include "zonestore/operations/policy.h"
#include "zonestore/operations/rotation.h"
#include "zonestore/operations/signers.h"
#include "zonestore/operations/slots.h"
#include "zonestore/operations/store_impl.h"
#include "zonestore/operations/zones.h"
#include "zonestore/publish/policy_rows.h"

namespace tests::lifecycle {
namespace {

namespace dkim = zonestore::dkim;
using zonestore::Guard;
using zonestore::Store;

zonestore::Name name(std::string_view text) {
  return zonestore::Name::parse(text).value();
}

std::optional<dkim::SlotId> slot_from(const std::optional<int>& slot) {
  return slot ? std::optional(dkim::kSlots.at(static_cast<std::size_t>(*slot))) : std::nullopt;
}

// One change: one transaction, one audit row.
template <class T>
Answer answer_from(const zonestore::Result<T>& result) {
  return result ? answer_done(result->changed, result->changed ? 1 : 0) : answer_of(result.error());
}

class StoreSubject final : public Subject {
 public:
  StoreSubject(const Timeline& timeline, int institutions) : clock_(timeline) {
    for (int number = 0; number < institutions; ++number) {
      codes_.push_back(dkim::Code::parse("i" + std::to_string(number)).value());
    }
    zonestore::InitOptions options;
    options.dkim_zone = name("dkim.secutix.com");
    options.spf_zone = name("spf.secutix.com");
    options.name_servers = {name("ns1.secutix.com")};
    options.mailbox = name("hostmaster.secutix.com");
    Store::init(dir(), options, context({}), clock_).value();
    open();
    audit_id_ = newest_audit_id();
    published_ = published();
  }

  Answer apply(const Command& command) override;
  Picture picture(int who) override;
  std::string check_after(const Command& command, const Verdict& verdict) override;
  void reboot() override { open(); }

 private:
  // What of a selector is in the zone.
  struct Published {
    zonestore::Bytes rdata;
    zonestore::Ttl ttl{};
    friend bool operator==(const Published&, const Published&) = default;
  };
  struct PublishedZone {
    zonestore::Serial serial;
    zonestore::Bytes soa;
    std::vector<std::optional<Published>> selectors;
  };

  [[nodiscard]] std::filesystem::path dir() const { return temp_.path() / "store"; }
  void open() {
    store_.reset();
    store_.emplace(Store::open(dir(), Store::Access::kWrite, clock_).value());
    store_->run_commands_as({1000, 1000});
  }
  [[nodiscard]] static zonestore::ChangeContext context(const Command& command) {
    zonestore::ChangeContext context{{"tester", "tester"}, std::nullopt, command.dry_run};
    if (const auto guard = zonestore::guard_from_code(command.lifts)) {
      context.override_guard = zonestore::Override{*guard, "property test"};
    }
    return context;
  }
  [[nodiscard]] std::optional<dkim::Code> code(const Command& command) const {
    return command.who == kWholeStore ? std::nullopt
                                      : std::optional(codes_.at(static_cast<std::size_t>(command.who)));
  }

  Answer perform(const Command& command);
  Answer perform_on_a_failing_disk(const Command& command);
  Answer add(const Command& command);
  Answer revoke(const Command& command);
  Answer see(const Command& command);
  Answer rotate(const Command& command);
  Answer judge_by_policy(const Command& command);
  [[nodiscard]] zonestore::Look look(const zonestore::InstitutionView& view, int slot, Sight sight);
  Answer maintain(const Command& command);
  Answer set_policy(const Command& command);
  Answer set_negative_ttl(const Command& command);
  Answer rotate_without_private_key(const Command& command);
  Answer rotate_with_stale_signer(const Command& command);
  Answer rotate_unfollowed(const Command& command);

  [[nodiscard]] int number_of(const std::string& key_id);
  [[nodiscard]] SlotPicture slot_picture(const zonestore::SlotView& view);
  [[nodiscard]] std::int64_t newest_audit_id();
  [[nodiscard]] PublishedZone published();
  [[nodiscard]] std::string check_publication(const Verdict& verdict, bool dry_run);
  [[nodiscard]] std::string check_private_halves();

  FaultyDisk& disk_ = FaultyDisk::get();  // before anything is opened
  int eligible_ = 0;                      // commands whose disk may fail
  int stale_signers_ = 0;
  TempDirectory temp_{directory_in_memory()};
  TimelineClock clock_;
  std::optional<Store> store_;
  std::vector<dkim::Code> codes_;
  std::map<std::string, int> numbers_;  // of keys, by id
  std::int64_t audit_id_ = 0;
  PublishedZone published_;
};

// Those that make one change, so that there is nothing between done and not done.
bool makes_one_change(const Command& command) {
  switch (command.verb) {
    case Verb::kAdd:
    case Verb::kRemove:
    case Verb::kRotate:
    case Verb::kUndo:
    case Verb::kPrepare:
    case Verb::kFreeze:
    case Verb::kThaw:
    case Verb::kSetPolicy:
      return !command.dry_run;
    default:
      return false;
  }
}

Answer StoreSubject::apply(const Command& command) {
  constexpr int kOneIn = 7;
  return makes_one_change(command) && ++eligible_ % kOneIn == 0 ? perform_on_a_failing_disk(command)
                                                                : perform(command);
}

Answer StoreSubject::perform_on_a_failing_disk(const Command& command) {
  constexpr int kCalls = 60;  // that a change makes, and some more
  disk_.fail_at(1 + eligible_ * 31 % kCalls,
                eligible_ % 2 == 0 ? FaultyDisk::Effect::kWhole : FaultyDisk::Effect::kNone, eligible_ % 3 == 0);
  const Answer answer = perform(command);
  disk_.heal();
  if (answer.done || answer.not_found || !answer.guard.empty()) {
    zonestore::observe_time(
        store_->impl());  // a refusal stands though its moment could not be written; the model's was
    const auto view = zonestore::show_institution(*store_, code(command).value_or(codes_.front()));
    if (command.looks && !answer.done && view && view->active) {  // and so was what it saw
      zonestore::db::unwrap(zonestore::record_evidence(
          *store_, {{*code(command), look(*view, 2 - static_cast<int>(*view->active), command.sight)}}));
    }
    return answer;
  }
  open();  // another process, which knows nothing of this one's trouble
  const bool is_unknown = answer.message.find("is not known") != std::string::npos;
  if (newest_audit_id() == audit_id_) {
    return perform(command);
  }
  return is_unknown ? answer_done(true, 1) : answer;  // said not to be done, and it is: the model will differ
}

Answer StoreSubject::perform(const Command& command) {
  const zonestore::ChangeContext how = context(command);
  const std::optional<dkim::SlotId> expect = slot_from(command.expect);
  switch (command.verb) {
    case Verb::kAdd:
      return add(command);
    case Verb::kRemove:
      return answer_from(zonestore::remove_institution(*store_, how, *code(command)));
    case Verb::kRotate:
      return rotate(command);
    case Verb::kRotateWithoutPrivateKey:
      return rotate_without_private_key(command);
    case Verb::kRotateWithStaleSigner:
      return rotate_with_stale_signer(command);
    case Verb::kRotateUnfollowed:
      return rotate_unfollowed(command);
    case Verb::kUndo:
      return answer_from(zonestore::undo(*store_, how, *code(command), {expect}));
    case Verb::kPrepare:
      return answer_from(zonestore::prepare(*store_, how, *code(command), slot_from(command.slot)));
    case Verb::kRevoke:
      return revoke(command);
    case Verb::kFreeze:
      return answer_from(zonestore::freeze(*store_, how, code(command), "property test"));
    case Verb::kThaw:
      return answer_from(zonestore::thaw(*store_, how, code(command)));
    case Verb::kRevokeHeld:
      return answer_from(zonestore::revoke_held_keys(*store_, how, *code(command), "taken", command.stop_signing));
    case Verb::kMaintain:
      return maintain(command);
    case Verb::kSee:
      return see(command);
    case Verb::kJudgeByPolicy:
      return judge_by_policy(command);
    case Verb::kSetPolicy:
      return set_policy(command);
    default:
      return set_negative_ttl(command);
  }
}

Answer StoreSubject::add(const Command& command) {
  zonestore::AddOptions options;
  options.algorithm = dkim::Algorithm::kEd25519;  // made a hundred times faster than RSA
  options.domains = {name(code(command)->text() + ".example")};
  return answer_from(zonestore::add_institution(*store_, context(command), *code(command), options));
}

Answer StoreSubject::revoke(const Command& command) {
  const auto revoked = zonestore::revoke(*store_, context(command), *code(command), *slot_from(command.slot),
                                         {command.stop_signing, slot_from(command.expect)});
  Answer answer = answer_from(revoked);
  if (revoked && revoked->changed) {
    answer.exposed_until = millis(revoked->exposed_until);
  }
  return answer;
}

// As `zonectl check` writes down what it saw.
zonestore::Look StoreSubject::look(const zonestore::InstitutionView& view, int slot, Sight sight) {
  using zonestore::Verdict;
  const zonestore::SlotView& of = view.slots.at(static_cast<std::size_t>(slot));
  const std::string subject = dkim::to_text(of.slot);
  const std::string server = "ns1.secutix.com (192.0.2.1)";
  const zonestore::Name domain = view.domains.at(0);
  zonestore::Look look{{}, clock_.now()};
  const auto saw = [&](const std::optional<zonestore::Name>& where, const std::string& what, Verdict verdict) {
    look.evidence.push_back({where, what, verdict, "seen by a test", of.key_id});
    if (!where) {
      look.evidence.back().asked = {server};
      (verdict == Verdict::kOk        ? look.evidence.back().served
       : verdict == Verdict::kLagging ? look.evidence.back().behind
                                      : look.evidence.back().asked) = {server};
    }
  };
  const bool all = sight == Sight::kAllRight;
  if (all || sight == Sight::kServersFollow || sight == Sight::kServersLag || sight == Sight::kServersSilent) {
    saw(std::nullopt, subject,
        sight == Sight::kServersLag      ? Verdict::kLagging
        : sight == Sight::kServersSilent ? Verdict::kUnreachable
                                         : Verdict::kOk);
  }
  if (all || sight == Sight::kCnameRight) {
    saw(domain, subject, Verdict::kOk);
  } else if (sight == Sight::kCnameMissing || sight == Sight::kCnameWrong) {
    saw(domain, subject, sight == Sight::kCnameMissing ? Verdict::kMissing : Verdict::kSlotsSwapped);
  } else if (sight == Sight::kCnameSilent) {
    saw(domain, subject, Verdict::kUnreachable);
  }
  if (all || sight == Sight::kAnswerRight || sight == Sight::kAnswerOther) {
    saw(domain, zonestore::answer_subject(subject), sight == Sight::kAnswerOther ? Verdict::kLagging : Verdict::kOk);
  }
  return look;
}

// An observation, no change.
Answer StoreSubject::see(const Command& command) {
  const auto view = zonestore::show_institution(*store_, *code(command));
  if (!view) {
    return answer_of(view.error());
  }
  zonestore::db::unwrap(
      zonestore::record_evidence(*store_, {{*code(command), look(*view, *command.slot, command.sight)}}));
  return answer_done(false, 0);
}

Answer StoreSubject::rotate(const Command& command) {
  zonestore::SwapOptions options;
  options.expect = slot_from(command.expect);
  if (command.looks) {
    const auto view = zonestore::show_institution(*store_, *code(command));
    if (view && view->active) {
      options.look = look(*view, 2 - static_cast<int>(*view->active), command.sight);
    }
  }
  return answer_from(zonestore::rotate(*store_, context(command), *code(command), options));
}

Answer StoreSubject::judge_by_policy(const Command& command) {
  const auto view = zonestore::show_institution(*store_, *code(command));
  if (!view) {
    return answer_of(view.error());
  }
  Store::Impl& impl = store_->impl();
  const auto row = zonestore::publish::find_institution(impl.connection, *code(command)).value();
  const zonestore::RotationFacts facts =
      rotation_facts(impl.connection, impl.dkim_zone, row, zonestore::publish::read_policy(impl.connection, row.id),
                     zonestore::own_servers(impl.connection));
  const zonestore::RotationJudgement judgement = may_rotate(facts, {.by_policy = true}, impl.now());
  return judgement.refusal ? answer_of(*judgement.refusal) : answer_done(false, 0);
}

Answer StoreSubject::maintain(const Command& command) {
  const auto done = zonestore::maintain(*store_, context(command));
  if (!done) {
    return answer_of(done.error());
  }
  // Orphans of commands whose disk failed are swept a day later: no change of an institution.
  const auto swept = std::count_if(done->steps.begin(), done->steps.end(), [](const zonestore::MaintainStep& step) {
    return step.what.find("that no record uses") != std::string::npos;
  });
  const auto steps = static_cast<int>(done->steps.size()) - static_cast<int>(swept);
  Answer answer = answer_done(steps > 0, steps);
  if (!done->failures.empty()) {
    answer.done = false;
    answer.message = done->failures.front();
  }
  return answer;
}

Answer StoreSubject::set_policy(const Command& command) {
  const auto value = command.amount ? std::optional(zonestore::Seconds{*command.amount / kSecond}) : std::nullopt;
  return answer_from(zonestore::set_policy(*store_, context(command), code(command),
                                           kPolicyNames[static_cast<std::size_t>(command.key)], value));
}

Answer StoreSubject::set_negative_ttl(const Command& command) {
  zonestore::ZoneSettings settings;
  settings.minimum = static_cast<std::uint32_t>(*command.amount / kSecond);
  return answer_from(zonestore::set_zone(*store_, context(command), store_->dkim_zone(), settings));
}

// Takes the private half of every key of the institution out of the vault for the time of the command.
Answer StoreSubject::rotate_without_private_key(const Command& command) {
  Store::Impl& impl = store_->impl();
  std::vector<std::pair<std::string, dkim::PrivateKey>> taken;
  if (const auto view = zonestore::show_institution(*store_, *code(command))) {
    for (const zonestore::SlotView& slot : view->slots) {
      if (!slot.key_id.empty()) {
        taken.emplace_back(slot.key_id, impl.vault().get(slot.key_id).value());
        zonestore::db::unwrap(impl.vault().destroy({slot.key_id}));
      }
    }
  }
  Answer answer =
      answer_from(zonestore::rotate(*store_, context(command), *code(command), {slot_from(command.expect)}));
  for (const auto& [key_id, key] : taken) {
    zonestore::db::unwrap(impl.vault().put({{key_id, &key}}, clock_.now().wall));
  }
  return answer;
}

// Enrols a signer that never follows, for the time of the command: its command fails, or it lies, says that it has
// followed and holds nothing of what it was given.
Answer StoreSubject::rotate_with_stale_signer(const Command& command) {
  zonestore::SignerOptions options;
  options.name = "stale";
  options.format = zonestore::signer::Format::kFiles;
  options.directory = (temp_.path() / "signer").string();
  const std::string keys = options.directory + "/" + code(command)->text() + "/sel";
  options.command =
      ++stale_signers_ % 2 == 1 ? "/usr/bin/truncate -c -s 0 " + keys + "1.pem " + keys + "2.pem" : "/bin/false";
  (void)zonestore::db::unwrap(zonestore::add_signer(*store_, context({}), options));
  Answer answer =
      answer_from(zonestore::rotate(*store_, context(command), *code(command), {slot_from(command.expect)}));
  (void)zonestore::db::unwrap(zonestore::remove_signer(*store_, context({}), options.name, true));
  audit_id_ = newest_audit_id() - answer.changes * (command.dry_run ? 0 : 1);  // its own rows aside
  return answer;
}

// Enrols a signer that follows until then, and has no time to try again, for the time of the command.
Answer StoreSubject::rotate_unfollowed(const Command& command) {
  const std::filesystem::path follows = temp_.path() / "follows";
  std::ofstream(follows).flush();
  zonestore::SignerOptions options;
  options.name = "late";
  options.format = zonestore::signer::Format::kFiles;
  options.directory = (temp_.path() / "late").string();
  options.command = "/usr/bin/test -e " + follows.string();
  (void)zonestore::db::unwrap(zonestore::add_signer(*store_, context({}), options));
  std::filesystem::remove(follows);
  store_->impl().connection.execute("INSERT OR REPLACE INTO policy VALUES (0, 'signer-limit', 0)");
  const auto swapped = zonestore::rotate(*store_, context(command), *code(command), {slot_from(command.expect)});
  Answer answer = answer_from(swapped);
  answer.changes += swapped && !swapped->undone_for.empty() ? 1 : 0;
  (void)zonestore::db::unwrap(zonestore::remove_signer(*store_, context({}), options.name, true));
  audit_id_ = newest_audit_id() - answer.changes * (command.dry_run ? 0 : 1);  // its own rows aside
  return answer;
}

int StoreSubject::number_of(const std::string& key_id) {
  return key_id.empty() ? 0 : numbers_.try_emplace(key_id, static_cast<int>(numbers_.size()) + 1).first->second;
}

SlotPicture StoreSubject::slot_picture(const zonestore::SlotView& view) {
  SlotPicture seen;
  seen.state = static_cast<State>(view.state);
  seen.key = number_of(view.key_id);
  if (view.record_text == dkim::kRevokedText) {
    seen.content = Content::kRevoked;
  } else if (!view.record_text.empty()) {
    seen.content = Content::kKey;
  }
  if (seen.content != Content::kAbsent) {
    seen.ttl = seconds(view.ttl) * kSecond;
  }
  if (view.ripe_at) {
    seen.ripe_at = millis(*view.ripe_at);
  }
  if (view.drained_at) {
    seen.drained_at = millis(*view.drained_at);
  }
  return seen;
}

Picture StoreSubject::picture(int who) {
  Picture picture;
  const auto view = zonestore::show_institution(*store_, codes_.at(static_cast<std::size_t>(who)));
  if (!view) {
    return picture;
  }
  picture.life = view->phase == dkim::Phase::kSigning    ? Life::kSigning
                 : view->phase == dkim::Phase::kStarting ? Life::kIdle
                                                         : Life::kDeparting;
  picture.active = view->active ? static_cast<int>(*view->active) - 1 : -1;
  picture.frozen = view->frozen.has_value();
  picture.maintain_due = view->maintain_due;
  if (view->leaves_at) {
    picture.leaves_at = millis(*view->leaves_at);
  }
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    picture.slots.at(slot) = slot_picture(view->slots.at(slot));
    // The zone must hold what the view tells, to the byte.
    const std::optional<Published>& record = published_.selectors.at(static_cast<std::size_t>(who) * 2 + slot);
    const std::string& text = view->slots.at(slot).record_text;
    const auto wanted =
        text.empty() ? std::nullopt : std::optional(Published{zonestore::txt_rdata(text), view->slots.at(slot).ttl});
    if (record != wanted) {
      picture.slots.at(slot).ttl = -1;  // differs from every model's
    }
  }
  return picture;
}

std::int64_t StoreSubject::newest_audit_id() {
  std::int64_t id = 0;
  zonestore::LogFilter newest;
  newest.newest = 1;
  zonestore::db::unwrap(zonestore::read_log(*store_, newest, [&](const zonestore::AuditEntry& entry) {
    id = entry.id;
    return true;
  }));
  return id;
}

StoreSubject::PublishedZone StoreSubject::published() {
  zonestore::db::Connection& connection = store_->impl().connection;
  const zonestore::PublishedZone zone = store_->impl().published(store_->dkim_zone());
  PublishedZone now{zone.serial, {}, {}};
  for (const dkim::Code& code : codes_) {
    for (const dkim::SlotId slot : dkim::kSlots) {
      const auto set = zonestore::find_record_set(
          connection, zone, dkim::selector_name(code, slot, zone.apex).value(), zonestore::RecordType::kTxt);
      now.selectors.push_back(set ? std::optional(Published{set->rdata.front(), set->ttl}) : std::nullopt);
    }
  }
  return now;
}

// The serial rises when what is published changes, and only then.
std::string StoreSubject::check_publication(const Verdict& verdict, bool dry_run) {
  PublishedZone now = published();
  const bool must_stay = !verdict.changed || dry_run;
  const bool rose = zonestore::is_before(published_.serial, now.serial);
  const bool differs = now.selectors != published_.selectors;
  const bool stayed = now.serial == published_.serial;
  published_ = std::move(now);
  if (must_stay && (differs || !stayed)) {
    return "the zone has changed, and should not";
  }
  return differs && !rose ? "the zone has changed, and its serial has not risen" : "";
}

std::string StoreSubject::check_after(const Command& command, const Verdict& verdict) {
  const std::int64_t rows = newest_audit_id() - audit_id_;
  const std::int64_t wanted = command.dry_run ? 0 : verdict.changes;
  audit_id_ += rows;
  if (rows != wanted) {
    return std::to_string(rows) + " audit rows, not " + std::to_string(wanted);
  }
  const std::string fault = check_publication(verdict, command.dry_run);
  return fault.empty() ? check_private_halves() : fault;
}

// None is published without one in the vault.
std::string StoreSubject::check_private_halves() {
  Store::Impl& impl = store_->impl();
  zonestore::db::Statement rows = impl.connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
  int without = 0;
  while (rows.step()) {
    without += zonestore::db::unwrap(impl.vault().holds(rows.text(0))) ? 0 : 1;
  }
  return without == 0 ? "" : std::to_string(without) + " published keys without a private half";
}

}  // namespace

std::unique_ptr<Subject> make_store_subject(const Timeline& timeline, int institutions) {
  return std::make_unique<StoreSubject>(timeline, institutions);
}

}  // namespace tests::lifecycle
