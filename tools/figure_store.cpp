// SPDX-License-Identifier: BSD-3-Clause
// An external merge sort whose runs are sorted by counting. Most questions stay in memory, with
// keys of one word.
#include "tools/figure_store.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include "dhis2/error.h"
#include "tools/scratch_file.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kReadAhead = 64UL * 1024;
constexpr std::size_t kLongestFigure = 4'000;
constexpr unsigned kBits = 21;

}  // namespace

void FigureKey::set(std::size_t axis, std::uint32_t place) {
  words[axis / 3] |= std::uint64_t{place} << (kBits * (2 - axis % 3));
}

std::uint32_t FigureKey::place(std::size_t axis) const {
  return static_cast<std::uint32_t>(words[axis / 3] >> (kBits * (2 - axis % 3))) & (kPlaces - 1);
}

class FigureStore::Sorter {
 public:
  virtual ~Sorter() = default;
  virtual void add(const FigureKey& key, std::uint16_t part, std::string_view digits) = 0;
  virtual void each(const std::function<bool(const Figure&)>& visit) = 0;
};

template <std::size_t Words>
class FigureStore::SorterOf : public Sorter {
 public:
  SorterOf(std::filesystem::path folder, std::size_t bytes)
      : file_(std::move(folder)), bytes_(bytes) {}

  void add(const FigureKey& key, std::uint16_t part, std::string_view digits) override {
    if (entries_.size() * sizeof(Entry) + digits_.size() + digits.size() > bytes_) spill();
    Entry entry;
    std::copy_n(key.words.begin(), Words, entry.words.begin());
    entry.at = static_cast<std::uint32_t>(digits_.size());
    entry.length = static_cast<std::uint16_t>(digits.size());
    entry.part = part;
    entries_.push_back(entry);
    digits_ += digits;
  }

  void each(const std::function<bool(const Figure&)>& visit) override {
    if (runs_.empty()) {
      for (const std::uint32_t i : ordered()) {
        const Entry& entry = entries_[i];
        if (!visit({key_of(entry.words), entry.part, digits_of(entry)})) return;
      }
      return;
    }
    spill();
    entries_ = {};
    digits_ = {};
    merge(visit);
  }

 private:
  using KeyWords = std::array<std::uint64_t, Words>;

  struct Entry {
    KeyWords words;
    std::uint32_t at;  // in digits_
    std::uint16_t length, part;
  };

  // A stretch of the file, read piece by piece.
  struct Run {
    std::uint64_t at, end;
    std::string ahead;
    std::size_t used = 0;
    KeyWords words;
    std::uint16_t length = 0, part = 0;
    std::string_view digits;
  };

  static FigureKey key_of(const KeyWords& words) {
    FigureKey key;
    std::copy_n(words.begin(), Words, key.words.begin());
    return key;
  }

  std::string_view digits_of(const Entry& entry) const {
    return std::string_view(digits_).substr(entry.at, entry.length);
  }

  // The entries in order, by their places: bytes that differ are counted from the last to the
  // first, which keeps alike ones as they came.
  std::vector<std::uint32_t> ordered() const {
    std::vector<std::uint32_t> order(entries_.size()), next(entries_.size());
    std::iota(order.begin(), order.end(), 0);
    KeyWords differ{};
    for (const Entry& entry : entries_) {
      for (std::size_t w = 0; w < Words; ++w) {
        differ[w] |= entry.words[w] ^ entries_.front().words[w];
      }
    }
    for (std::size_t w = Words; w-- > 0;) {
      for (unsigned shift = 0; shift < 64; shift += 8) {
        if ((differ[w] >> shift & 0xFF) == 0) continue;
        std::array<std::uint32_t, 257> starts{};
        const auto digit = [&](std::uint32_t i) { return entries_[i].words[w] >> shift & 0xFF; };
        for (const std::uint32_t i : order) ++starts[digit(i) + 1];
        for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
        for (const std::uint32_t i : order) next[starts[digit(i)]++] = i;
        order.swap(next);
      }
    }
    return order;
  }

  template <typename Value>
  static void put(std::string& out, const Value& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  void spill() {
    const std::uint64_t from = file_.size();
    std::string out;
    for (const std::uint32_t i : ordered()) {
      const Entry& entry = entries_[i];
      put(out, entry.words);
      put(out, entry.length);
      put(out, entry.part);
      out += digits_of(entry);
      if (out.size() < kReadAhead) continue;
      file_.write(out);
      out.clear();
    }
    if (!out.empty()) file_.write(out);
    if (file_.size() > from) runs_.push_back({from, file_.size(), {}, 0, {}, 0, 0, {}});
    entries_.clear();
    digits_.clear();
  }

  // Moves to the next figure of a run; false at its end.
  bool next(Run& run) {
    constexpr std::size_t kHead = sizeof(KeyWords) + 2 * sizeof(std::uint16_t);
    if (run.ahead.size() - run.used < kHead + kLongestFigure) fill(run);
    if (run.ahead.size() - run.used < kHead) return false;
    const char* from = run.ahead.data() + run.used;
    std::memcpy(&run.words, from, sizeof run.words);
    std::memcpy(&run.length, from + sizeof run.words, sizeof run.length);
    std::memcpy(&run.part, from + sizeof run.words + sizeof run.length, sizeof run.part);
    run.digits = std::string_view(from + kHead, run.length);
    run.used += kHead + run.length;
    return true;
  }

  void fill(Run& run) {
    run.ahead.erase(0, run.used);
    run.used = 0;
    const auto wanted = std::min<std::uint64_t>(kReadAhead - run.ahead.size(), run.end - run.at);
    file_.read(run.at, static_cast<std::size_t>(wanted), run.ahead);
    run.at += wanted;
  }

  // Runs stand in the order in which their figures came, so the earlier of two alike ones leads.
  void merge(const std::function<bool(const Figure&)>& visit) {
    std::vector<std::size_t> heap;
    const auto behind = [this](std::size_t a, std::size_t b) {
      return runs_[a].words != runs_[b].words ? runs_[a].words > runs_[b].words : a > b;
    };
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      runs_[i].ahead.reserve(kReadAhead);
      if (next(runs_[i])) heap.push_back(i);
    }
    std::ranges::make_heap(heap, behind);
    while (!heap.empty()) {
      std::ranges::pop_heap(heap, behind);
      Run& run = runs_[heap.back()];
      if (!visit({key_of(run.words), run.part, run.digits})) return;
      if (next(run)) {
        std::ranges::push_heap(heap, behind);
      } else {
        heap.pop_back();
      }
    }
  }

  ScratchFile file_;
  std::size_t bytes_;
  std::vector<Entry> entries_;
  std::string digits_;
  std::vector<Run> runs_;
};

FigureStore::FigureStore(std::size_t axes, std::filesystem::path folder, std::size_t bytes) {
  if (axes <= 3) {
    sorter_ = std::make_unique<SorterOf<1>>(std::move(folder), bytes);
  } else if (axes <= 6) {
    sorter_ = std::make_unique<SorterOf<2>>(std::move(folder), bytes);
  } else {
    sorter_ = std::make_unique<SorterOf<3>>(std::move(folder), bytes);
  }
}

FigureStore::~FigureStore() = default;

void FigureStore::add(const FigureKey& key, std::uint16_t part, std::string_view digits) {
  if (digits.size() > kLongestFigure) {
    throw Error(ErrorKind::unavailable, "One figure of the answer is longer than 4,000 characters.",
                "Read it with dhis2_query; it is no number.");
  }
  sorter_->add(key, part, digits);
  ++size_;
}

void FigureStore::each(const std::function<bool(const Figure& figure)>& visit) {
  sorter_->each(visit);
}

}  // namespace dhis2mcp
