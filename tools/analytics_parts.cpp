// SPDX-License-Identifier: BSD-3-Clause
// Halves until each part fits. What parts have in common the pivot drops, for a group of data may
// hold an element that was asked for by name as well.
#include "tools/analytics_parts.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>

#include "dhis2/error.h"
#include "tools/place.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostRequests = 250;
constexpr std::uint64_t kWithoutLimit = 500'000;

// A list of the question that may be halved, and by how much it weighs.
struct Choice {
  enum class List { data, periods, units } list = List::data;
  std::size_t items = 0, bytes = 0;
};

std::size_t bytes_of(const std::vector<Named>& all) {
  std::size_t bytes = 0;
  for (const Named& one : all) bytes += one.item.size() + 1;
  return bytes;
}

// Levels and groups stay together unless they are all there is.
std::vector<Named> halvable_units(const AnalyticsAsked& asked) {
  std::vector<Named> bounds;
  std::ranges::copy_if(asked.units, std::back_inserter(bounds),
                       [](const Named& unit) { return !is_scope(unit); });
  return bounds.empty() ? asked.units : bounds;
}

AnalyticsAsked with_units(const AnalyticsAsked& asked, std::vector<Named> some) {
  AnalyticsAsked part = asked;
  if (!is_scope(some.front())) {
    std::vector<Named> scopes;
    std::ranges::copy_if(asked.units, std::back_inserter(scopes), is_scope);
    some.insert(some.begin(), scopes.begin(), scopes.end());
  }
  part.units = std::move(some);
  return part;
}

template <typename Item>
std::pair<std::vector<Item>, std::vector<Item>> cut(const std::vector<Item>& all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>((all.size() + 1) / 2);
  return {{all.begin(), middle}, {middle, all.end()}};
}

std::optional<Choice> choose(const AnalyticsAsked& asked, bool by_bytes) {
  const std::vector<Named> units = halvable_units(asked);
  const std::vector<std::string> periods = period_ids(asked);
  std::size_t period_bytes = 0;
  for (const std::string& id : periods) period_bytes += id.size() + 1;
  const Choice choices[] = {{Choice::List::units, units.size(), bytes_of(units)},
                            {Choice::List::periods, periods.size(), period_bytes},
                            {Choice::List::data, asked.data.size(), bytes_of(asked.data)}};
  const Choice* best = nullptr;
  for (const Choice& one : choices) {
    if (one.items < 2) continue;
    const bool more =
        best == nullptr || (by_bytes ? one.bytes > best->bytes : one.items > best->items);
    if (more) best = &one;
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

std::uint64_t share(std::uint64_t all, std::size_t some, std::size_t of) {
  return of == 0 ? all : std::max<std::uint64_t>(1, all * some / of);
}

void add_parts(const AnalyticsAsked& asked, const Cost& cost, const PartBounds& bounds,
               std::vector<AnalyticsAsked>& out) {
  const bool long_query = analytics_query_of(asked).text().size() > bounds.query_bytes;
  const bool fits = !long_query && cost.figures() <= bounds.figures;
  const std::vector<AnalyticsAsked> two =
      fits ? std::vector<AnalyticsAsked>() : halves(asked, long_query);
  if (two.empty()) {
    out.push_back(asked);
    return;
  }
  for (const AnalyticsAsked& part : two) {
    const Cost its = {share(cost.data, part.data.size(), asked.data.size()),
                      share(cost.periods, period_ids(part).size(), period_ids(asked).size()),
                      share(cost.units, halvable_units(part).size(), halvable_units(asked).size())};
    add_parts(part, its, bounds, out);
  }
}

// Tomcat's 400 is a page without a code; proxies say 414 or 431.
bool is_too_large(const Error& error, const AnalyticsAsked& asked) {
  if (error.code == "E7128" || error.http == 414 || error.http == 431) return true;
  return error.http == 400 && error.code.empty() && analytics_query_of(asked).text().size() > 2'000;
}

}  // namespace

std::vector<AnalyticsAsked> halves(const AnalyticsAsked& asked, bool by_bytes) {
  const auto choice = choose(asked, by_bytes);
  if (!choice) return {};
  std::vector<AnalyticsAsked> out(2, asked);
  if (choice->list == Choice::List::data) {
    std::tie(out[0].data, out[1].data) = cut(asked.data);
  } else if (choice->list == Choice::List::periods) {
    const auto [first, second] = cut(period_ids(asked));
    out[0].periods = {{"", first}};
    out[1].periods = {{"", second}};
  } else {
    auto [first, second] = cut(halvable_units(asked));
    out[0] = with_units(asked, std::move(first));
    out[1] = with_units(asked, std::move(second));
  }
  return out;
}

std::vector<AnalyticsAsked> parts_of(const AnalyticsAsked& asked, const Cost& cost,
                                     const PartBounds& bounds) {
  std::vector<AnalyticsAsked> out;
  add_parts(asked, cost, bounds, out);
  return out;
}

bool ask_parts(SignedClient& client, std::vector<AnalyticsAsked> parts, const Patience& patience,
               Pivot& pivot, const std::function<void(std::size_t done, std::size_t of)>& told) {
  std::deque<AnalyticsAsked> left(std::make_move_iterator(parts.begin()),
                                  std::make_move_iterator(parts.end()));
  std::size_t done = 0;
  for (std::size_t requests = 0; !left.empty(); ++requests) {
    if (requests == kMostRequests) {
      throw Error(ErrorKind::bad_input,
                  "This takes more than " + std::to_string(kMostRequests) +
                      " requests, for the server gives little at once (keyAnalyticsMaxLimit).",
                  "Ask for fewer periods, a higher level of org units, or fewer data items.");
    }
    const AnalyticsAsked part = std::move(left.front());
    left.pop_front();
    if (told) told(done, done + left.size() + 1);
    try {
      if (!ask_analytics(client, part, patience, pivot)) return false;
      ++done;
    } catch (const Error& error) {
      if (!is_too_large(error, part)) throw;
      const std::vector<AnalyticsAsked> two = halves(part, error.code != "E7128");
      if (two.empty()) throw;
      left.insert(left.begin(), two.begin(), two.end());
    }
  }
  return true;
}

std::uint64_t figures_per_answer(SignedClient& client, const Patience& patience) {
  constexpr const char* kLimit = "keyAnalyticsMaxLimit";
  try {
    const Json settings = client.get("/api/systemSettings", Query().add("key", kLimit), patience);
    const Json& value = settings.at(kLimit);
    const long long limit =
        value.is_string() ? std::stoll(value.get<std::string>()) : value.get<long long>();
    return limit > 0 ? static_cast<std::uint64_t>(limit) : kWithoutLimit;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::unavailable) throw;
  } catch (const std::exception&) {
    // Not said, or no number.
  }
  return PartBounds().figures;
}

}  // namespace dhis2mcp
