// SPDX-License-Identifier: BSD-3-Clause
// Aggregates of event and enrollment analytics.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "tests/sandbox/analytics_grid.h"
#include "tests/sandbox/analytics_metadata.h"
#include "tests/sandbox/event_analytics.h"
#include "tests/sandbox/event_metadata.h"

namespace sandbox {
namespace {

using Cells = std::vector<std::string>;

// What falls into one cell.
struct Bucket {
  std::set<std::string> counted;  // uids of what is counted: events, enrollments or entities
  std::vector<double> values;
};

struct Axis {
  const Dimension* dimension = nullptr;  // ou or pe
  const EventItem* item = nullptr;
  const DatePeriods* dates = nullptr;  // enrollmentDate=THIS_YEAR of enrollments
};

class EventAggregate {
 public:
  EventAggregate(const Country& country, EventQuery query)
      : country_(country), query_(std::move(query)), major_(country.settings().major) {
    read_axes();
  }

  std::shared_ptr<const Answer> answer();

 private:
  void read_axes();
  Json axis_header(const Axis& axis) const;
  Cells places_of(const Axis& axis, const EventFact& fact) const;
  std::string counted(const EventFact& fact) const;
  void fill();
  void add(const Cells& cells, const EventFact& fact);
  std::string figure(const Bucket& bucket) const;
  std::vector<Cells> rows() const;
  std::vector<Cells> collapsed() const;
  std::string option_name(const EventItem& item, const std::string& code) const;
  std::string shown_name(const Axis& axis, const std::string& id) const;
  std::shared_ptr<const Answer> table() const;

  const Country& country_;
  EventQuery query_;
  int major_;
  std::vector<Axis> axes_;
  std::vector<std::pair<Cells, Bucket>> cells_;
  std::map<Cells, size_t> places_;
};

// Items come first, then period and unit; enrollments turn that round.
void EventAggregate::read_axes() {
  std::vector<Axis> items, places;
  for (const EventItem& item : query_.items) {
    if (!item.filter) items.push_back({nullptr, &item, nullptr});
  }
  for (const Dimension& dimension : query_.places.dimensions) {
    if (!dimension.filter) places.push_back({&dimension, nullptr, nullptr});
  }
  if (query_.kind == EventKind::kEnrollments) {
    for (const DatePeriods& dates : query_.dates) places.push_back({nullptr, nullptr, &dates});
    items.swap(places);
  }
  axes_ = std::move(items);
  axes_.insert(axes_.end(), places.begin(), places.end());
}

Json EventAggregate::axis_header(const Axis& axis) const {
  if (axis.item) return item_header(query_, *axis.item, major_);
  if (axis.dimension) {
    return analytics_header(axis.dimension->id,
                            axis.dimension->id == "ou" ? "Organisation unit" : "Period", true);
  }
  if (major_ <= 42) return analytics_header("pe", "Period", true);
  const bool incident = axis.dates->parameter == "incidentDate";
  const std::string label =
      query_.program->value(incident ? "incidentDateLabel" : "enrollmentDateLabel",
                            std::string(incident ? "Incident date" : "Enrollment date"));
  return analytics_header(incident ? "incidentdate" : "enrollmentdate", label, true);
}

// The items of an axis into which a fact falls; none drops it.
Cells EventAggregate::places_of(const Axis& axis, const EventFact& fact) const {
  Cells found;
  const std::string today = country_.settings().today();
  if (axis.dates || (axis.dimension && axis.dimension->kind == Dimension::Kind::kPeriod)) {
    const auto& periods = axis.dates ? axis.dates->periods : query_.places.periods;
    const auto day = day_of(fact_day(query_, fact, today));
    for (const Period& period : periods) {
      if (day && *day >= period.start && *day <= period.end) found.push_back(period.id);
    }
    return found;
  }
  if (axis.dimension) {
    for (const OrgUnit* unit : query_.places.units) {
      if (unit == fact.unit || fact.unit->path.starts_with(unit->path + "/")) {
        found.push_back(unit->uid);
      }
    }
    return found;
  }
  const std::string value = fact_value(*axis.item, fact);
  if (value.empty()) return found;
  if (axis.item->legend_set.empty()) return {value};
  const double number = std::strtod(value.c_str(), nullptr);
  for (const Json& legend : legends_of(country_, axis.item->legend_set)) {
    if (number >= legend.value("startValue", 0.0) && number < legend.value("endValue", 0.0)) {
      found.push_back(legend.value("id", ""));
    }
  }
  return found;
}

std::string EventAggregate::counted(const EventFact& fact) const {
  if (query_.output_type == "ENROLLMENT" && fact.enrollment) return fact.enrollment->uid;
  if (query_.output_type.starts_with("TRACKED_ENTITY") && fact.entity) return fact.entity->uid;
  if (fact.event) return fact.event->uid;
  return fact.enrollment ? fact.enrollment->uid : "";
}

void EventAggregate::add(const Cells& cells, const EventFact& fact) {
  const auto [place, fresh] = places_.emplace(cells, cells_.size());
  if (fresh) cells_.emplace_back(cells, Bucket());
  Bucket& bucket = cells_[place->second].second;
  bucket.counted.insert(counted(fact));
  if (query_.value.empty() || fact.event == nullptr) return;
  const std::string* value = value_in(fact.event->values, query_.value);
  if (value != nullptr) bucket.values.push_back(std::strtod(value->c_str(), nullptr));
}

void EventAggregate::fill() {
  for (const EventFact& fact : event_facts(country_, query_)) {
    std::vector<Cells> all = {{}};
    for (const Axis& axis : axes_) {
      std::vector<Cells> next;
      for (const std::string& place : places_of(axis, fact)) {
        for (Cells start : all) {
          start.push_back(place);
          next.push_back(std::move(start));
        }
      }
      all = std::move(next);
    }
    for (const Cells& cells : all) add(cells, fact);
  }
}

std::string EventAggregate::figure(const Bucket& bucket) const {
  if (query_.value.empty()) return std::to_string(bucket.counted.size());
  if (bucket.values.empty()) return "";
  double sum = 0;
  for (const double value : bucket.values) sum += value;
  const auto [least, most] = std::minmax_element(bucket.values.begin(), bucket.values.end());
  switch (query_.places.aggregation) {
    case Aggregation::kMin:
      return rounded_text(*least);
    case Aggregation::kMax:
      return rounded_text(*most);
    case Aggregation::kCount:
      return std::to_string(bucket.values.size());
    case Aggregation::kSum:
      return rounded_text(sum);
    default:
      return rounded_text(sum / static_cast<double>(bucket.values.size()));
  }
}

std::vector<Cells> EventAggregate::rows() const {
  std::vector<Cells> rows;
  for (const auto& [cells, bucket] : cells_) {
    Cells row = cells;
    row.insert(query_.kind == EventKind::kEnrollments ? row.begin() : row.end(), figure(bucket));
    rows.push_back(std::move(row));
  }
  if (!query_.sort.empty()) {
    const bool down = query_.sort == "DESC";
    std::stable_sort(rows.begin(), rows.end(), [&](const Cells& a, const Cells& b) {
      const double x = std::strtod(a.back().c_str(), nullptr);
      const double y = std::strtod(b.back().c_str(), nullptr);
      return down ? x > y : x < y;
    });
  }
  if (query_.limit > 0 && rows.size() > query_.limit) rows.resize(query_.limit);
  return rows;
}

std::string EventAggregate::option_name(const EventItem& item, const std::string& code) const {
  for (const Json* option : options_of(country_, item.option_set())) {
    if (option->value("code", "") == code) return option->value("name", "");
  }
  return code;
}

// Each item counted for itself: "Test result: Positif".
std::vector<Cells> EventAggregate::collapsed() const {
  std::vector<Cells> rows;
  for (const EventItem& item : query_.items) {
    if (item.object == nullptr) continue;
    std::map<std::string, size_t> counts;
    for (const EventFact& fact : event_facts(country_, query_)) ++counts[fact_value(item, fact)];
    for (const auto& [code, count] : counts) {
      if (code.empty()) continue;
      rows.push_back({item.object->value("shortName", "") + ": " + option_name(item, code),
                      std::to_string(count)});
    }
  }
  return rows;
}

std::string EventAggregate::shown_name(const Axis& axis, const std::string& id) const {
  if (axis.item) return option_name(*axis.item, id);
  return item_name(country_, query_.places, *axis.dimension, id);
}

// tableLayout: the items of one axis across, of another down.
std::shared_ptr<const Answer> EventAggregate::table() const {
  const auto axis_named = [&](const std::string& id) {
    return std::find_if(axes_.begin(), axes_.end(), [&](const Axis& axis) {
      return id == (axis.item ? axis.item->name : axis.dimension ? axis.dimension->id : "");
    });
  };
  const auto across = axis_named(query_.places.columns.empty() ? "" : query_.places.columns[0]);
  const auto down = axis_named(query_.places.rows.empty() ? "" : query_.places.rows[0]);
  if (across == axes_.end() || down == axes_.end() || across->dates || down->dates) {
    throw AnalyticsRefusal(501, "The practice DHIS2 does not play this tableLayout");
  }
  const auto items_of = [&](const Axis& axis) {
    Cells ids;
    if (axis.dimension) return axis.dimension->items;
    for (const Json* option : options_of(country_, axis.item->option_set())) {
      ids.push_back(option->value("code", ""));
    }
    return ids;
  };
  auto answer = std::make_shared<Answer>();
  const std::string title = down->item ? item_title(query_, *down->item) : "Organisation unit";
  const std::string column = down->item ? down->item->name : down->dimension->id;
  answer->headers.push_back(analytics_header(title, column, true));
  for (const std::string& id : items_of(*across)) {
    const std::string name = shown_name(*across, id);
    answer->headers.push_back(analytics_header(name, name, false, "NUMBER"));
  }
  std::vector<Cells> lines;
  for (const std::string& row : items_of(*down)) {
    Cells line = {shown_name(*down, row)};
    for (const std::string& id : items_of(*across)) {
      Cells key(axes_.size());
      key[static_cast<size_t>(down - axes_.begin())] = row;
      key[static_cast<size_t>(across - axes_.begin())] = id;
      const auto found = places_.find(key);
      line.push_back(found == places_.end() ? "" : figure(cells_[found->second].second));
    }
    lines.push_back(std::move(line));
  }
  answer->title = query_.places.units.empty() ? "" : query_.places.units.front()->name;
  answer->height = lines.size();
  answer->row = [lines = std::move(lines)](size_t index) { return lines[index]; };
  return answer;
}

std::shared_ptr<const Answer> EventAggregate::answer() {
  fill();
  if (query_.places.table) return table();
  auto answer = std::make_shared<Answer>();
  const Json value = analytics_header("value", "Value", false, "NUMBER");
  if (query_.kind == EventKind::kEnrollments) answer->headers.push_back(value);
  if (query_.collapse) {
    answer->headers.push_back(analytics_header("dy", "Data", true));
  } else {
    for (const Axis& axis : axes_) answer->headers.push_back(axis_header(axis));
  }
  if (query_.kind != EventKind::kEnrollments) answer->headers.push_back(value);
  if (!query_.places.skip_meta) answer->metadata = aggregate_metadata(country_, query_);
  if (query_.kind == EventKind::kEnrollments) {
    answer->metadata["pager"] = {{"page", 1}, {"pageSize", query_.page_size}, {"isLastPage", true}};
  }
  std::vector<Cells> lines = query_.collapse ? collapsed() : rows();
  if (query_.places.skip_data) lines.clear();
  answer->height = lines.size();
  answer->row = [lines = std::move(lines)](size_t index) { return lines[index]; };
  return answer;
}

}  // namespace

std::shared_ptr<const Answer> event_aggregate(const Country& country, EventQuery query) {
  return EventAggregate(country, std::move(query)).answer();
}

}  // namespace sandbox
