// SPDX-License-Identifier: BSD-3-Clause
// A metadata list of a scripted DHIS2 that pages, counts and filters as far as names need it.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "tests/tools/filtered_list.h"
#include "tools/document.h"

namespace dhis2mcp::test {

struct Listed {
  std::string uid, name, updated = "2026-11-01T00:00:00.000";
};

// Safe to change while the server runs.
class ListedObjects {
 public:
  ListedObjects(FakeHttp& server, std::string collection) : collection_(std::move(collection)) {
    server.on("GET", "/api/" + collection_, [this](const Seen& seen) { return page(seen); });
  }

  void put(const Listed& object) {
    const std::lock_guard lock(mutex_);
    remove_locked(object.uid);
    objects_.push_back(object);
  }
  void remove(const std::string& uid) {
    const std::lock_guard lock(mutex_);
    remove_locked(uid);
  }
  // Every page answers this from now on; 0: as before.
  void fail_with(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }
  // Pages after this one fail; 0: none does.
  void break_after(int page) {
    const std::lock_guard lock(mutex_);
    last_good_ = page;
  }

 private:
  void remove_locked(const std::string& uid) {
    std::erase_if(objects_, [&](const Listed& one) { return one.uid == uid; });
  }

  Reply page(const Seen& seen) {
    const std::lock_guard lock(mutex_);
    const Query query = Query::parse(seen.query);
    const auto number = [&](const char* name, int fallback) {
      const std::string* text = query.find(name);
      return text == nullptr ? fallback : std::stoi(*text);
    };
    const int at = number("page", 1), size = std::min(number("pageSize", 50), kPage);
    if (status_ != 0 || (last_good_ > 0 && at > last_good_)) {
      const int status = status_ != 0 ? status_ : 503;
      return {status, R"({"httpStatus":"No","status":"ERROR","message":"not now"})"};
    }
    std::ranges::sort(objects_, {}, &Listed::uid);
    std::vector<Json> fit;
    for (const Listed& object : objects_) {
      Json row = {{"id", object.uid},
                  {"name", object.name},
                  {"displayName", object.name},
                  {"lastUpdated", object.updated}};
      if (passes(row, query)) fit.push_back(std::move(row));
    }
    Json rows = Json::array();
    const int pages = std::max(1, (static_cast<int>(fit.size()) + size - 1) / size);
    for (int i = (at - 1) * size; i < std::min(at * size, static_cast<int>(fit.size())); ++i) {
      rows.push_back(std::move(fit[static_cast<std::size_t>(i)]));
    }
    Json pager = {{"page", at}, {"pageCount", pages}, {"total", fit.size()}, {"pageSize", size}};
    return {200, Json{{"pager", pager}, {collection_, rows}}.dump()};
  }

  static constexpr int kPage = 100;  // servers may bound a page
  std::string collection_;
  std::mutex mutex_;
  std::vector<Listed> objects_;
  int status_ = 0, last_good_ = 0;
};

}  // namespace dhis2mcp::test
