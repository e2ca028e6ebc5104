// SPDX-License-Identifier: BSD-3-Clause
// Ids are kept once and values refer to them by number: an id is 11 letters, and the same few
// stand in every row.
#include "tools/held_values.h"

#include <cstring>

#include "dhis2/error.h"

namespace dhis2mcp {

std::uint32_t HeldValues::place(Dimension dimension, std::string&& id) {
  auto& places = places_[dimension];
  const auto found = places.find(id);
  if (found != places.end()) return found->second;
  auto& ids = ids_[dimension];
  ids.push_back(std::move(id));  // a deque, so that the views of the others stay
  const auto at = static_cast<std::uint32_t>(ids.size() - 1);
  places.emplace(ids.back(), at);
  return at;
}

void HeldValues::add(DataValue&& value) {
  if (size_ == kMost) {
    throw Error(ErrorKind::bad_input, "DHIS2 sent more than 10,000,000 values.",
                "Ask for fewer periods, org units or data elements at once.");
  }
  Held held;
  held.at = {place(unit, std::move(value.org_unit)),
             place(period, std::move(value.period)),
             place(element, std::move(value.data_element)),
             place(option, std::move(value.option_combo)),
             place(attribute, std::move(value.attribute_combo)),
             place(user, std::move(value.stored_by))};
  held.value = std::move(value.value);
  held.comment = std::move(value.comment);
  held.updated = std::move(value.updated);
  held.follow_up = value.follow_up;
  any_comment_ = any_comment_ || !held.comment.empty();
  any_follow_up_ = any_follow_up_ || held.follow_up;
  if (first_updated_.empty() || held.updated < first_updated_) first_updated_ = held.updated;
  if (held.updated > last_updated_) last_updated_ = held.updated;
  if (++size_ <= kInMemory) {
    memory_.push_back(std::move(held));
    return;
  }
  for (const Held& earlier : std::exchange(memory_, {})) write(earlier);
  write(held);
}

// The numbers as bytes, then the texts.
void HeldValues::write(const Held& held) {
  const std::string_view at(reinterpret_cast<const char*>(held.at.data()), sizeof held.at);
  on_disk_.add({at, held.follow_up ? "1" : "", held.value, held.comment, held.updated});
}

void HeldValues::each(const std::function<bool(const Held& held)>& visit) const {
  for (const Held& held : memory_) {
    if (!visit(held)) return;
  }
  Held held;
  on_disk_.each([&](const std::vector<std::string_view>& cells) {
    std::memcpy(held.at.data(), cells[0].data(), sizeof held.at);
    held.follow_up = !cells[1].empty();
    held.value = cells[2];
    held.comment = cells[3];
    held.updated = cells[4];
    return visit(held);
  });
}

}  // namespace dhis2mcp
