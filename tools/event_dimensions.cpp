// SPDX-License-Identifier: BSD-3-Clause
// What runs across a line list or breaks a count down: items of the program, and what else
// analytics knows.
#include <algorithm>
#include <array>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/condition.h"
#include "tools/document.h"
#include "tools/event_analytics.h"
#include "tools/event_grid.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// DHIS2's word for a comparison in analytics.
std::string analytics_op(const Test& test, const ProgramItem& item) {
  if (test.exact) return upper_ascii(test.op == "neq" ? "ne" : test.op);
  const bool options = !item.option_set.empty();
  if (test.op == "eq" && options) return "IN";
  if (test.op == "like") return "ILIKE";
  if (test.op == "nlike") return "!ILIKE";
  if (test.op == "sw" || test.op == "ew") {
    throw Error(ErrorKind::bad_input,
                "dimensions: analytics cannot compare the beginning or end of a text.",
                "Take \"like\", or event_find, which can.");
  }
  return upper_ascii(test.op);
}

void demand_sendable(const std::string& value, bool in_list) {
  const char* marks = in_list ? ":,;" : ":,";
  if (value.find_first_of(marks) == std::string::npos) return;
  throw Error(ErrorKind::bad_input,
              "dimensions: analytics cannot compare with \"" + clean_line(value) +
                  "\": a colon, comma or semicolon is part of its own form.",
              "Compare with a part of it by \"like\".");
}

std::string item_filter(const std::vector<Test>& tests, const ProgramItem& item) {
  std::string out;
  for (const Test& test : tests) {
    if (test.op == "null" || test.op == "!null") {
      out += test.op == "null" ? ":EQ:NV" : ":NE:NV";
      continue;
    }
    std::string values;
    for (const std::string& value : test.values) {
      demand_sendable(value, test.values.size() > 1);
      values += (values.empty() ? "" : ";") + value;
    }
    out += ":" + analytics_op(test, item) + ":" + values;
  }
  return out;
}

// Yes and no are 1 and 0 to DHIS2; of an item whose type is not known it decides itself.
bool may_be_averaged(const ProgramItem& item) {
  return item.is_number() || item.value_type.empty() || item.value_type == "BOOLEAN" ||
         item.value_type == "TRUE_ONLY";
}

// "uid", "uid.uid", "uid[-1].uid", "uid-uid", "uid.uid:IN:a;b", "EVENT_STATUS:COMPLETED".
bool has_own_form(const std::string& text) {
  const std::string head = text.substr(0, text.find(':'));
  if (head.size() < 11) return false;
  const bool plain = std::ranges::all_of(head, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '[' || c == ']' || c == '_';
  });
  if (!plain) return false;
  const bool pseudo =
      std::ranges::all_of(head, [](char c) { return is_upper(c) || c == '_' || c == '.'; });
  return pseudo || is_uid(head.substr(0, 11));
}

class Dimensions {
 public:
  Dimensions(Call& call, EventQuestion& question, Answer& answer)
      : call_(call), question_(question), answer_(answer) {}

  void read(const std::string& written) {
    std::string text = trimmed(written);
    if (text.empty()) return;
    bool narrows = false;
    for (const std::string_view head : {"where ", "only where ", "filter "}) {
      if (!lower_ascii(text).starts_with(head)) continue;
      narrows = true;
      text = trimmed(text.substr(head.size()));
    }
    if (status(text) || aggregated(text) || qualified(text, narrows)) return;
    const auto subject = read_subject(text, *question_.scheme, question_.stage);
    if (subject) {
      const std::string rest = trimmed(subject->rest);
      // Legend sets and repeats are written behind the uid.
      if (!rest.starts_with('-') && !rest.starts_with('[')) {
        item(*subject, text, narrows);
        return;
      }
    }
    if (has_own_form(text)) {
      add(narrows, text);
      return;
    }
    if (const std::string header = standard_header(text); !header.empty()) {
      keep(text, header);
      return;
    }
    other(text, narrows);
  }

 private:
  void add(bool narrows, const std::string& value) {
    if (value.find(',') != std::string::npos) demand_sendable(",", false);
    question_.filters.add(narrows ? "filter" : "dimension", value);
  }

  void keep(const std::string& text, const std::string& header) {
    if (question_.counts) {
      throw Error(ErrorKind::bad_input,
                  "dimensions: \"" + clean_line(text) + "\" does not break a count down.",
                  "It is a column of a list (shape list); a status narrows a count, as \"event "
                  "status = completed\".");
    }
    question_.keep.push_back(header);
  }

  bool status(const std::string& text) {
    for (const auto& [words, parameter] :
         {std::pair("event status", "eventStatus"), std::pair("enrollment status", "programStatus"),
          std::pair("enrolment status", "programStatus"),
          std::pair("program status", "programStatus")}) {
      const auto rest = after_name(text, words);
      if (!rest) continue;
      const std::vector<Test> tests = read_tests(*rest, text);
      if (tests.empty()) {
        keep(text, std::string_view(parameter) == "eventStatus" ? "eventstatus" : "programstatus");
        return true;
      }
      if (tests.size() != 1 || (tests[0].op != "eq" && tests[0].op != "in")) {
        throw Error(ErrorKind::bad_input,
                    "dimensions: \"" + clean_line(text) + "\" is not understood.",
                    "Name what is wanted: \"" + std::string(words) + " = active; completed\".");
      }
      std::string values;
      for (const std::string& one : tests[0].values) {
        std::string value = upper_ascii(one);
        if (value == "SCHEDULED") value = "SCHEDULE";
        if (value == "CANCELED") value = "CANCELLED";
        values += (values.empty() ? "" : ",") + value;
      }
      set_once(question_.filters, parameter, values, text);
      return true;
    }
    return false;
  }

  // "average of Weight"
  bool aggregated(const std::string& text) {
    constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"average of ", "AVERAGE"},
         {"mean of ", "AVERAGE"},
         {"sum of ", "SUM"},
         {"total of ", "SUM"},
         {"minimum of ", "MIN"},
         {"min of ", "MIN"},
         {"maximum of ", "MAX"},
         {"max of ", "MAX"},
         {"count of ", "COUNT"},
         {"standard deviation of ", "STDDEV"}});
    for (const auto& [words, type] : kWords) {
      if (!lower_ascii(text).starts_with(words)) continue;
      if (!question_.counts) {
        throw Error(ErrorKind::bad_input, "dimensions: \"" + text + "\" is no column of a list.",
                    "Take shape count.");
      }
      const std::string name = trimmed(text.substr(words.size()));
      const auto subject = read_subject(name, *question_.scheme, question_.stage);
      if (!subject) throw unknown_item(name, *question_.scheme, question_.stage, "");
      if (question_.stage == nullptr) question_.stage = subject->stage;
      if (type != "COUNT" && !may_be_averaged(*subject->item)) {
        throw Error(ErrorKind::bad_input,
                    "dimensions: \"" + subject->item->name + "\" holds no numbers.",
                    "Count by it instead: \"" + subject->item->name + "\".");
      }
      set_once(question_.filters, "value", subject->item->uid, text);
      set_once(question_.filters, "aggregationType", std::string(type), text);
      question_.valued = true;
      answer_.read_as.push_back("figures = " + std::string(words) + subject->item->name);
      tell(*subject);
      return true;
    }
    return false;
  }

  // "stage[-1].item": a repeat that is named by its stage.
  bool qualified(const std::string& text, bool narrows) {
    const auto bracket = text.find('[');
    if (bracket == std::string::npos || !has_own_form(text)) return false;
    add(narrows, text);
    return true;
  }

  void item(const Subject& subject, const std::string& text, bool narrows) {
    std::vector<Test> tests = read_tests(subject.rest, text);
    store_values(call_, *subject.item, tests);
    add(narrows, dimension_of(subject) + item_filter(tests, *subject.item));
    tell(subject);
  }

  // A data element stands behind its stage, or analytics takes it for an attribute.
  std::string dimension_of(const Subject& subject) const {
    if (subject.item->attribute) return subject.item->uid;
    if (subject.stage != nullptr) return subject.stage->uid + "." + subject.item->uid;
    Error error(ErrorKind::ambiguous,
                "\"" + subject.item->name + "\" is recorded in several stages of \"" +
                    question_.scheme->name + "\".",
                "Give `stage`, or write stage.item.");
    for (const ProgramStage* stage : question_.scheme->stages_of(subject.item->uid)) {
      error.candidates.push_back({stage->name, "programStage", stage->uid, question_.scheme->name});
    }
    throw error;
  }

  void tell(const Subject& subject) {
    const char* type = subject.item->attribute ? "attribute " : "data element ";
    std::string line = subject.item->name + " = " + type + subject.item->uid;
    if (subject.stage != nullptr && question_.stage == nullptr &&
        question_.scheme->stages.size() > 1) {
      line += " of " + subject.stage->name;
    }
    if (std::ranges::find(answer_.read_as, line) == answer_.read_as.end()) {
      answer_.read_as.push_back(std::move(line));
    }
  }

  // Program indicators and group sets by name.
  void other(const std::string& text, bool narrows) {
    const auto colon = text.find(':');
    const std::string name = trimmed(text.substr(0, colon));
    Named named;
    try {
      named = names_of(call_).object(name, {"programIndicator", "organisationUnitGroupSet",
                                            "categoryOptionGroupSet", "category"});
    } catch (const Error& error) {
      if (error.kind != ErrorKind::not_found) throw;
      throw unknown_item(text, *question_.scheme, question_.stage,
                         ", of a program indicator or of a group set, or with: event status, "
                         "enrollment status, average of, where");
    }
    std::string items = colon == std::string::npos ? "" : trimmed(text.substr(colon + 1));
    add(narrows, named.uid + (items.empty() ? "" : ":" + items));
    answer_.read_as.push_back(named.read_as());
  }

  Call& call_;
  EventQuestion& question_;
  Answer& answer_;
};

}  // namespace

void read_event_dimensions(Call& call, const std::vector<std::string>& texts,
                           EventQuestion& question, Answer& answer) {
  Dimensions dimensions(call, question, answer);
  for (const std::string& text : texts) dimensions.read(text);
}

}  // namespace dhis2mcp
