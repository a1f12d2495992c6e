// A plain model of the key lifecycle, written from its description alone; it shares no code with zonestore.
//
// For each command it says which guards refuse it and when each of them clears, and what the world looks like after
// it. Where several guards refuse at once, the description sets no order: any of them is right, with its own time.
//
// Times are whole milliseconds. A fact keeps the stamp of its moment; how much time has passed since then is the
// larger of what is proven from it to now, and what trusted time has gained. Proven is
//   within one boot: the smaller of what the wall clock and the boot clock say;
//   across boots:    the wall clock's, if it was synchronised at both moments, else nothing;
// and never less than nothing. Trusted time is the sum of what is proven from one kept moment to the next. A moment
// is kept by every command, done or refused, but for a dry run.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/scenario/lifecycle/command.h"
#include "tests/scenario/lifecycle/timeline.h"

namespace tests::lifecycle {

inline constexpr int kSlotCount = 2;

enum class State : std::uint8_t { kEmpty, kPublished, kStandby, kActive, kDraining, kDrained, kRevoked };
enum class Life : std::uint8_t { kAbsent, kIdle, kSigning, kDeparting };  // idle: does not sign yet, or no more
enum class Content : std::uint8_t { kAbsent, kKey, kRevoked };
enum class Move : std::uint8_t { kNone, kRotate, kUndo };

struct Refusal {
  std::string_view guard;        // "E_NOT_RIPE"
  std::optional<Millis> clears;  // wall time
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

struct Verdict {
  std::vector<Refusal> refusals;  // all that refuse; empty: done
  bool not_found = false;         // no such institution, or no key in that slot
  bool changed = false;           // false: done, but it was so already
  std::string_view lifted = {};   // the guard that would have refused, had it not been overridden
  int changes = 0;                // how many transactions, each with one audit row (maintain: one an institution)
  std::optional<Millis> exposed_until = {};  // of a revoked key
  std::string_view way = {};                 // "redo", "removal taken back": of these must be enough
};

// What can be seen of a slot and of an institution.
struct SlotPicture {
  State state = State::kEmpty;
  Content content = Content::kAbsent;
  int key = 0;                            // number of the key; 0: none
  Millis ttl = 0;                         // of the record; 0: no record
  std::optional<Millis> ripe_at = {};     // while published
  std::optional<Millis> drained_at = {};  // while draining or drained
};
struct Picture {
  Life life = Life::kAbsent;
  int active = -1;
  bool frozen = false;
  std::array<SlotPicture, kSlotCount> slots;
  std::optional<Millis> leaves_at = {};  // while departing
  bool maintain_due = false;
};

class Model {
 public:
  Model(const Timeline& timeline, int institutions);

  // Judges the command and, unless it is refused or a dry run, carries it out. Time is the caller's to turn.
  Verdict apply(const Command& command);

  [[nodiscard]] int institutions() const { return static_cast<int>(institutions_.size()); }
  [[nodiscard]] Picture picture(int who) const;
  // How long from now until something ripens or ends its drain, for everything that is still to come.
  [[nodiscard]] std::vector<Millis> waits() const;
  // True if what counts as passed never is more than has truly passed, for all that the states rest on.
  [[nodiscard]] bool counts_no_time_twice() const;

 private:
  struct Served {  // a content of a selector's name
    Content content = Content::kAbsent;
    int key = 0;
    Millis largest_ttl = 0;
    std::optional<Stamp> ended = {};
    Millis slack = 0;  // the policy's when it ended
  };
  struct Drain {
    Stamp began;
    Millis lasts = 0;
  };
  // The last look that saw something. What was bad stands until something else is seen.
  struct Seen {
    Sight sight = Sight::kCnameRight;
    int key = 0;  // that the slot held then
    Stamp when;   // what was good counts for a day
  };
  struct Slot {
    std::optional<Seen> cname;
    std::optional<Seen> servers;
    std::optional<Seen> answer;
    std::vector<Served> served;  // the last one is served now; empty: the name was never in use
    std::optional<Drain> drain;
  };
  struct Institution {
    Life life = Life::kAbsent;
    int active = -1;
    Move last_move = Move::kNone;
    Life life_before = Life::kAbsent;  // of one that is departing: what its removal has ended
    int active_before = -1;
    std::array<int, kSlotCount> to_revoke{};  // by slot: the key that a taken signer held; 0: none
    bool frozen = false;
    std::array<Slot, kSlotCount> slots;
    std::map<PolicyKey, Millis> policy;
  };
  struct NegativeTtl {
    Millis ttl = 0;
    std::optional<Stamp> ended = {};
    std::vector<Millis> slacks = {};  // each institution's when it ended
  };
  // A bulk rotation that has not come to its end. What is done is done once; what a guard has refused is not asked
  // again; what failed is.
  enum class BulkItem : std::uint8_t { kWaiting, kDone, kRefused, kFailed };
  struct Bulk {
    std::vector<std::pair<int, BulkItem>> items;  // by institution
    std::string_view lifts = {};
    std::optional<int> at_work_in = {};  // the boot in which its process lives; none: it waits to be resumed
  };
  enum class Step : std::uint8_t { kNothing, kRefill, kBegin, kLeave };

  Verdict add(Institution& institution, const Command& command);
  Verdict remove(Institution& institution, const Command& command);
  Verdict rotate(Institution& institution, const Command& command);
  Verdict undo(Institution& institution, const Command& command);
  Verdict take_removal_back(Institution& institution, const Command& command);
  Verdict prepare(Institution& institution, const Command& command);
  Verdict revoke(Institution& institution, const Command& command);
  Verdict revoke_held(Institution& institution, const Command& command);
  // Of what a taken signer held: says whether there is one whose time has come, and revokes it.
  bool revoke_when_ripe(Institution& institution, int slot, bool dry_run);
  Verdict bulk(const Command& command);
  Verdict begin_bulk(const Command& command);
  Verdict serve_bulk(const Command& command);
  [[nodiscard]] bool is_bulk_at_work() const;
  Verdict set_frozen(bool& frozen, const Command& command);
  Verdict maintain(const Command& command);
  Verdict set_policy(const Command& command);
  Verdict set_negative_ttl(const Command& command);
  [[nodiscard]] static Verdict done();
  void see(Institution& institution, const Command& command);
  [[nodiscard]] int key_in(const Institution& institution, int slot) const;
  // How old good news is: within a boot by the larger of what the two clocks say, else by the wall clock, if it was
  // synchronised at both ends; nullopt: nobody can say, and it is old.
  [[nodiscard]] std::optional<Millis> age(const Stamp& when) const;
  Verdict judge_by_policy(const Institution& institution) const;
  void evidence_refusals(const Institution& institution, int target, std::vector<Refusal>& refusals) const;

  [[nodiscard]] Stamp now() const;  // with its trusted time
  void keep_moment(const Command& command);
  [[nodiscard]] Millis passed(const Stamp& since) const;
  [[nodiscard]] Millis clears(const Stamp& since, Millis wait) const;
  [[nodiscard]] Millis policy(const Institution& institution, PolicyKey key) const;
  [[nodiscard]] Millis remembered_for(const Institution& institution, const Served& served) const;
  [[nodiscard]] bool is_ripe(const Institution& institution, int slot) const;
  [[nodiscard]] Millis ripe_at(const Institution& institution, int slot) const;
  [[nodiscard]] Content content_of(const Institution& institution, int slot) const;
  [[nodiscard]] State state(const Institution& institution, int slot) const;
  [[nodiscard]] bool has_left(const Institution& institution) const;
  [[nodiscard]] Millis leaves_at(const Institution& institution) const;
  [[nodiscard]] bool holds_fresh_key(const Institution& institution, int slot) const;
  [[nodiscard]] int begins_with(const Institution& institution) const;
  [[nodiscard]] int slot_to_prepare(const Institution& institution) const;
  [[nodiscard]] Step due_step(const Institution& institution) const;
  [[nodiscard]] std::vector<Refusal> rotation_refusals(const Institution& institution, const Command& command) const;
  void idle_refusals(const Institution& institution, std::vector<Refusal>& refusals) const;

  void serve(Institution& institution, int slot, Content content, int key);
  void serve_ttls(Institution& institution);
  void end_absence(const Institution& institution, Slot& slot);
  void move_signing(Institution& institution, int to, Move how);
  void fresh_key(Institution& institution, int slot);
  void withdraw(Institution& institution, int slot, int signs_next);
  void take_step(Institution& institution, Step step);

  const Timeline& timeline_;
  Stamp last_;  // the last moment that was kept
  bool frozen_ = false;
  bool delegated_ = false;  // a name server of ours was once seen to serve
  int keys_ = 0;
  std::map<PolicyKey, Millis> policy_;
  std::vector<NegativeTtl> negative_ttls_;  // the last one is in force
  std::vector<Institution> institutions_;
  std::optional<Bulk> bulk_;
};

}  // namespace tests::lifecycle
