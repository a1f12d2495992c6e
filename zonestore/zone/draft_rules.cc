#include "zonestore/zone/draft_rules.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "zonestore/zone/record_data.h"
#include "zonestore/zone/zone_rules.h"

namespace zonestore {
namespace {

std::string folded_text(const Name& name) {
  const Name lowered = name.lowered();
  return {lowered.wire().begin(), lowered.wire().end()};
}

class DraftContent final : public ZoneContent {
 public:
  explicit DraftContent(const ZoneDraft& draft) : draft_(draft) {
    types_[folded_text(draft.apex)] = {RecordType::kSoa, RecordType::kNs};
    for (const FileRecordSet& each : draft.records) {
      types_[folded_text(each.set.owner)].push_back(each.set.type);
      note_name_servers(each.set);
    }
    if (draft.name_servers) {
      note_name_servers(draft.name_servers->set);
    }
  }

  [[nodiscard]] const Name& apex() const override { return draft_.apex; }
  [[nodiscard]] std::vector<RecordType> types_at(const Name& owner) override {
    const auto found = types_.find(folded_text(owner));
    return found == types_.end() ? std::vector<RecordType>() : found->second;
  }
  [[nodiscard]] bool is_name_server(const Name& name) override { return name_servers_.contains(folded_text(name)); }

 private:
  void note_name_servers(const RecordSet& set) {
    if (set.type != RecordType::kNs) {
      return;
    }
    for (const Bytes& rdata : set.rdata) {
      if (const std::optional<Name> target = target_of(set.type, rdata)) {
        name_servers_.insert(folded_text(*target));
      }
    }
  }

  const ZoneDraft& draft_;
  std::unordered_map<std::string, std::vector<RecordType>> types_;
  std::unordered_set<std::string> name_servers_;
};

class DraftJudge {
 public:
  DraftJudge(const ZoneDraft& draft, Draft state, ZoneFaults& faults)
      : draft_(draft), content_(draft), state_(state), faults_(faults) {}

  void run() {
    if (draft_.name_servers) {
      here_.push_back(&*draft_.name_servers);
    }
    for (const FileRecordSet& each : draft_.records) {
      if (!here_.empty() && here_.front()->set.owner != each.set.owner) {
        judge_here();
      }
      here_.push_back(&each);
    }
    judge_here();
  }

 private:
  // The sets of one name.
  void judge_here() {
    Objections objections;
    std::vector<const RecordSet*> sets;
    for (const FileRecordSet* each : here_) {
      sets.push_back(&each->set);
      if (!draft_.name_servers || each != &*draft_.name_servers) {
        judge_set(each->set, draft_.apex, objections);
      }
    }
    judge_name(content_, sets, objections);
    for (Objection& objection : objections) {
      tell(std::move(objection));
    }
    here_.clear();
  }

  void tell(Objection&& objection) {
    const std::size_t line = line_of(objection.type);
    if (objection.kind == Objection::Kind::kWarning) {
      return faults_.warn(line, objection.message);
    }
    if (state_ == Draft::kWithGaps && is_of_absence(objection)) {
      return;
    }
    ZoneFault fault{line, objection.guard, std::move(objection.message), std::move(objection.hint)};
    if (objection.kind == Objection::Kind::kDoubt) {
      faults_.doubt(std::move(fault));
    } else {
      faults_.add(std::move(fault));
    }
  }

  [[nodiscard]] std::size_t line_of(RecordType type) const {
    const auto found = std::find_if(here_.begin(), here_.end(),
                                    [type](const FileRecordSet* each) { return each->set.type == type; });
    return found == here_.end() ? 0 : (*found)->line;
  }

  const ZoneDraft& draft_;
  DraftContent content_;
  Draft state_;
  ZoneFaults& faults_;
  std::vector<const FileRecordSet*> here_;
};

}  // namespace

void judge_draft(const ZoneDraft& draft, Draft state, ZoneFaults& faults) {
  DraftJudge(draft, state, faults).run();
}

}  // namespace zonestore
