// SPDX-License-Identifier: BSD-3-Clause
// The data values of one answer while they arrive: a few in memory, many in a file, so that a
// million of them cost no more memory than their ids.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "auth/signed_client.h"
#include "tools/long_rows.h"

namespace dhis2mcp {

// One row of /api/dataValueSets. Empty members did not come.
struct DataValue {
  std::string data_element, period, org_unit, option_combo, attribute_combo;
  std::string value, comment, stored_by;
  std::string updated;  // "2026-11-21 09:45", the server's time
  bool follow_up = false;
};

// Sends one GET of /api/dataValueSets and hands its values over as they arrive; what stands once
// for all of them (from 2.43 on) is put into each. Throws every failure that DHIS2 tells, with a
// next step for its codes, and forbidden for the empty body with which releases up to 2.42 refuse
// an org unit.
void read_values(SignedClient& client, const Query& query, const Patience& patience,
                 const std::function<void(DataValue&& value)>& on_value);

// Not thread-safe; lives for one call.
class HeldValues {
 public:
  // What a value is about, each by its place among the ids seen.
  enum Dimension : std::size_t { unit, period, element, option, attribute, user };
  static constexpr std::size_t kDimensions = 6;
  static constexpr std::uint64_t kInMemory = 5'000;
  static constexpr std::uint64_t kMost = 10'000'000;

  struct Held {
    std::array<std::uint32_t, kDimensions> at{};
    std::string value, comment, updated;
    bool follow_up = false;
  };

  // `folder` (private to us) is for those that memory does not hold.
  explicit HeldValues(std::filesystem::path folder) : on_disk_(std::move(folder)) {}

  // Throws bad_input beyond kMost values, unavailable when the disk says no.
  void add(DataValue&& value);

  // None will be added any more: lets go of what only adding needs.
  void settle() { places_ = {}; }

  std::uint64_t size() const { return size_; }
  bool in_memory() const { return size_ <= kInMemory; }
  const std::vector<Held>& memory() const { return memory_; }

  // Every one in the order of arrival, until the visitor returns false.
  void each(const std::function<bool(const Held& held)>& visit) const;

  // The ids of a dimension in the order in which they were first seen.
  const std::deque<std::string>& ids(Dimension dimension) const { return ids_[dimension]; }

  bool any_comment() const { return any_comment_; }
  bool any_follow_up() const { return any_follow_up_; }
  const std::string& first_updated() const { return first_updated_; }
  const std::string& last_updated() const { return last_updated_; }

 private:
  std::uint32_t place(Dimension dimension, std::string&& id);
  void write(const Held& held);

  std::array<std::deque<std::string>, kDimensions> ids_;
  std::array<std::unordered_map<std::string_view, std::uint32_t>, kDimensions> places_;
  std::vector<Held> memory_;  // none once there are more than kInMemory
  LongRows on_disk_;
  std::uint64_t size_ = 0;
  bool any_comment_ = false, any_follow_up_ = false;
  std::string first_updated_, last_updated_;
};

}  // namespace dhis2mcp
