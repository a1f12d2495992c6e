// The record to publish in the place of what is there. Pure but for the look-ups. For the sources of this folder
// only.
//
// Whoever passed before passes after; "all" stays as strict as it was, where it was strict at all; our include lets
// our senders pass; and what comes out is right by the same judgement that found the fault. Where that cannot be had,
// there is no line, but what stands in its way.
//
//   each record ─mended, what is never read left out─> parts ─in one order─> candidates ─judge_record─> the first
//   good
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/probe/spf/facts.h"

namespace zonectl::probe::spf {

struct Line {
  std::optional<std::string> text;
  std::vector<std::string> remarks;  // what was changed or left out beside the fault itself
  std::string refusal;               // why there is none
};

// `records`: all SPF records of the domain; none: the first one is to be published.
[[nodiscard]] Line line_to_publish(const std::vector<std::string>& records, const zonestore::Name& domain,
                                   const zonestore::Name& ours, const std::vector<Sender>& senders,
                                   LookUps& look_ups);

}  // namespace zonectl::probe::spf
