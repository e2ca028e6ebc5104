// SPDX-License-Identifier: BSD-3-Clause
// Orders figures by the cell they belong to, millions of them in little memory.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// The place of a figure: for each axis the place of its item on it, the first axis outermost.
class FigureKey {
 public:
  static constexpr std::size_t kAxes = 9;
  static constexpr std::uint32_t kPlaces = 1U << 21;  // of one axis

  void set(std::size_t axis, std::uint32_t place);  // once for each axis
  std::uint32_t place(std::size_t axis) const;
  auto operator<=>(const FigureKey&) const = default;

  std::array<std::uint64_t, kAxes / 3> words{};
};

// Figures beyond the bound go to sorted runs in a file that has no name, and come back merged. Not
// thread-safe.
class FigureStore {
 public:
  static constexpr std::size_t kBytes = 2560UL * 1024;

  // `axes` of the keys are used. The file is made in `folder` (private to us) when it is needed.
  FigureStore(std::size_t axes, std::filesystem::path folder, std::size_t bytes = kBytes);
  ~FigureStore();

  // `part` says which of several answers brought the figure; parts come in the order of their
  // numbers. Throws unavailable when the disk is full.
  void add(const FigureKey& key, std::uint16_t part, std::string_view digits);
  std::uint64_t size() const { return size_; }

  // Every figure in the order of the keys; those of one key in the order in which they came. Once.
  // Ends early when the visitor returns false.
  struct Figure {
    FigureKey key;
    std::uint16_t part;
    std::string_view digits;
  };
  void each(const std::function<bool(const Figure& figure)>& visit);

 private:
  class Sorter;
  template <std::size_t Words>
  class SorterOf;

  std::unique_ptr<Sorter> sorter_;
  std::uint64_t size_ = 0;
};

}  // namespace dhis2mcp
