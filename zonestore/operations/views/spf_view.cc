#include "zonestore/operations/views/spf_view.h"

#include <algorithm>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/spf_rows.h"

namespace zonestore {
namespace {

using rows::SpfState;

std::string covering(const spf::WantedTerm& term, const spf::WantedTerms& all) {
  const spf::Term narrow = db::unwrap(spf::Term::parse(term.text));
  for (const spf::WantedTerm& other : all) {
    if (other.text != term.text && db::unwrap(spf::Term::parse(other.text)).covers(narrow)) {
      return other.text;
    }
  }
  return "";
}

SpfTermView term_view(const SpfState& state, const spf::WantedTerm& term, const spf::TermForecast& forecast,
                      WallTime now) {
  SpfTermView view;
  view.term = term.text;
  view.has_room = forecast.passes_in.has_value();
  view.after_steps = forecast.after_steps;
  view.covered_by = covering(term, state.wanted);
  if (forecast.passes_in && *forecast.passes_in > Milliseconds{0}) {
    view.safe_from = now + *forecast.passes_in;
  }
  if (term.leaves_in) {
    view.leaves_at = now + *term.leaves_in;
  }
  for (unsigned number = 0; number < spf::kRecords; ++number) {
    const std::optional<spf::Body>& body = state.served.names.at(number).body;
    if (body && body->has(term.text)) {
      view.owners.push_back(state.rules.shape.owner(number));
    }
  }
  return view;
}

SpfRecordView record_view(const SpfState& state, const spf::WantedTerms& settled, unsigned number, WallTime now) {
  const spf::ServedZone& served = state.served;
  SpfRecordView view;
  view.owner = state.rules.shape.owner(number);
  view.text = state.rules.shape.text(*served.names.at(number).body);
  view.included = number == 0 || served.apex().body->has_include(number);
  if (view.included) {
    return view;
  }
  const bool is_coming = std::any_of(settled.begin(), settled.end(),
                                     [number](const spf::WantedTerm& each) { return each.home == number; });
  if (is_coming) {
    view.included_from = now + served.no_longer_missing_in(number);
  } else {
    view.taken_out_at = now + served.no_longer_asked_for_in(number);
  }
  return view;
}

}  // namespace

SpfView spf_view(Store::Impl& store, const Now& now) {
  const SpfState state = rows::read_spf_state(store.connection, store.published(store.spf_zone), now);
  const spf::Forecast forecast = spf::forecast(state.rules, state.served, state.wanted);
  const WallTime wall = now.moment.wall;
  SpfView view;
  for (std::size_t index = 0; index < state.wanted.size(); ++index) {
    view.terms.push_back(state.wanted[index].text);
    view.details.push_back(term_view(state, state.wanted[index], forecast.terms[index], wall));
  }
  for (unsigned number = 0; number < spf::kRecords; ++number) {
    if (state.served.names.at(number).body) {
      view.records.push_back(record_view(state, forecast.settled, number, wall));
    }
  }
  view.lookups = state.served.most_lookups();
  view.lookups_to_come = forecast.most_lookups;
  if (forecast.next_step_in) {
    view.next_step_at = wall + *forecast.next_step_in;
    view.next_step = spf::difference(state.rules.shape, state.served.bodies(), forecast.next);
  }
  return view;
}

namespace {

bool is_spf_step_due(Store::Impl& store, const Now& now) {
  const SpfState state = rows::read_spf_state(store.connection, store.published(store.spf_zone), now);
  return spf::forecast(state.rules, state.served, state.wanted).next_step_in == Milliseconds{0};
}

bool was_spf_step_due(Store::Impl& store, Now now, Seconds ago) {
  now.moment.wall -= ago;
  now.moment.since_boot -= ago;
  now.moment.trusted -= ago;
  return is_spf_step_due(store, now);
}

}  // namespace

// What is due stays due until it is done, so that the moment can be found between one at which it was and one at
// which it was not.
std::optional<WallTime> spf_step_due_since(Store::Impl& store, const Now& now) {
  if (!is_spf_step_due(store, now)) {
    return std::nullopt;
  }
  Seconds due{0};
  Seconds not_due{std::chrono::hours{24 * 30}};
  if (was_spf_step_due(store, now, not_due)) {
    return now.moment.wall - not_due;
  }
  while (not_due - due > Seconds{1}) {
    const Seconds middle = due + (not_due - due) / 2;
    (was_spf_step_due(store, now, middle) ? due : not_due) = middle;
  }
  return now.moment.wall - due;
}

}  // namespace zonestore
