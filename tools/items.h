// SPDX-License-Identifier: BSD-3-Clause
// The items of an analytics answer (its metaData): thousands of names in little memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// Items are numbered from 0 in the order in which they are met; a number stays. Texts are held in
// one block, for an answer may name every facility of a country. Not thread-safe.
class Items {
 public:
  using Number = std::uint32_t;

  // Takes the JSON text of one metaData. Several add up: the answers to the parts of one question.
  // Throws unavailable when it is no JSON.
  void read(std::string_view metadata);

  // The number of an id; an id that no metaData named gets one too.
  Number number(std::string_view id);
  std::optional<Number> find(std::string_view id) const;
  std::size_t size() const { return items_.size(); }

  // Views hold until the next read() or number().
  std::string_view id(Number item) const;
  std::string_view name(Number item) const;  // empty where none is known

  // Only names of these dimensions stand in cells; those of an item that others alone have are not
  // shared with it. Without this, every dimension counts.
  void show_only(std::vector<std::string> dimensions);

  // The name, with the id behind it where two items share the name; the id where there is no name.
  std::string shown(Number item);

  // What includeMetadataDetails brings, else empty: "SUM", "AVERAGE"; "INDICATOR", "DATA_ELEMENT".
  const std::string& aggregation(Number item) const;
  const std::string& kind(Number item) const;

  // What hierarchyMeta brings, else empty: "rootUid/parentUid" or with the unit itself at the end.
  std::string_view path(Number item) const;

  // The items of a dimension in DHIS2's order; empty for one that is not in the answer.
  const std::vector<Number>& dimension(std::string_view name) const;
  bool has_dimension(std::string_view name) const;

 private:
  class Reader;

  // A piece of texts_.
  struct Piece {
    std::uint32_t at = 0, length = 0;
  };
  struct Item {
    Piece id, name, path;
    std::uint8_t aggregation = 0, kind = 0;  // places in words_
    bool shared = false;                     // another item has the same name
  };
  struct Dimension {
    std::string name;
    std::vector<Number> items;
    std::vector<bool> has;  // by number
  };

  Piece keep(std::string_view text);
  std::string_view text(const Piece& piece) const;
  std::uint8_t word(std::string_view text);
  std::size_t slot(std::string_view id) const;
  void grow();
  void add_to(std::size_t dimension, Number item);
  std::vector<bool> not_shown() const;
  void find_shared();

  std::string texts_;
  std::vector<Item> items_;
  std::vector<Number> slots_;  // open addressing; kNone where empty
  std::vector<std::string> words_{""};
  std::vector<Dimension> dimensions_;
  std::vector<std::string> shown_;  // dimensions; none: all of them
  std::size_t judged_ = 0;          // items whose `shared` is known
};

}  // namespace dhis2mcp
