// SPDX-License-Identifier: BSD-3-Clause
// The index is filled from a server, follows its changes, and blocks nobody meanwhile.
#include "tools/name_fill.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/tools/filling.h"

namespace dhis2mcp::test {
namespace {

using std::chrono::minutes;

TEST(NameFill, ReadsEveryPage) {
  Filling of;
  of.bring_up();

  EXPECT_EQ(of.index.count("dataElement"), 250u);
  EXPECT_TRUE(of.state().complete);
  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 3u);
  of.instance.server.forget();
  of.bring_up();
  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 0u) << "it is fresh";
}

TEST(NameFill, GoesOnWhereItWasBrokenOff) {
  Filling of;
  of.elements.break_after(2);
  EXPECT_THROW(of.bring_up(), Error);
  EXPECT_FALSE(of.state().complete);
  EXPECT_EQ(of.state().next_page, 3);
  of.elements.break_after(0);
  of.elements.remove(uid_of(7));  // a page was read already; the others shift

  of.bring_up();

  EXPECT_TRUE(of.state().complete);
  EXPECT_EQ(of.index.count("dataElement"), 249u);
  EXPECT_FALSE(of.has("Element 7"));
  EXPECT_TRUE(of.has("Element 200"));
}

TEST(NameFill, AsksOnlyForWhatChanged) {
  Filling of;
  of.bring_up();
  of.elements.put({uid_of(3), "Renamed", "2026-11-21T09:00:00.000"});
  of.elements.put({uid_of(900), "New", "2026-11-21T09:00:00.000"});
  of.bring_up_later();  // all have the newest lastUpdated of the first reading
  of.instance.server.forget();
  of.elements.put({uid_of(901), "Newer", "2026-11-21T10:00:00.000"});

  of.bring_up_later();

  EXPECT_TRUE(of.has("Renamed"));
  EXPECT_FALSE(of.has("Element 3"));
  EXPECT_TRUE(of.has("New"));
  EXPECT_TRUE(of.has("Newer"));
  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 2u) << "the changes and the count";
}

TEST(NameFill, ForgetsWhatWasDeletedAndFindsWhatWasShared) {
  Filling of;
  of.bring_up();
  of.elements.remove(uid_of(10));
  of.elements.remove(uid_of(11));
  of.elements.put({uid_of(902), "Shared lately", "2020-01-01T00:00:00.000"});

  of.bring_up_later();

  EXPECT_FALSE(of.has("Element 10"));
  EXPECT_TRUE(of.has("Shared lately"));
  EXPECT_EQ(of.index.count("dataElement"), 249u);
}

TEST(NameFill, ComparesTheUidsOnceADayEvenWhereTheCountsAgree) {
  Filling of;
  of.bring_up();
  of.elements.remove(uid_of(10));
  of.elements.put({uid_of(902), "Shared lately", "2020-01-01T00:00:00.000"});
  of.bring_up_later();
  EXPECT_TRUE(of.has("Element 10")) << "the counts are the same";

  of.now += NameFill::kReconcile;
  of.bring_up();

  EXPECT_FALSE(of.has("Element 10"));
  EXPECT_TRUE(of.has("Shared lately"));
}

TEST(NameFill, ReadsEverythingAnewOnceAWeek) {
  Filling of;
  of.bring_up();
  of.elements.put({uid_of(5), "In another language", "2020-01-01T00:00:00.000"});
  of.bring_up_later();
  EXPECT_FALSE(of.has("In another language"));

  of.now += NameFill::kReadAnew;
  of.bring_up();

  EXPECT_TRUE(of.has("In another language"));
  EXPECT_TRUE(of.state().complete);
  EXPECT_EQ(of.index.count("dataElement"), 250u);
}

TEST(NameFill, KeepsNamesInOtherLanguagesParentsAndPaths) {
  Instance instance;
  instance.server.get("/api/organisationUnits", R"({"pager":{"page":1,"pageCount":1,"total":1},
      "organisationUnits":[{"id":"O6uvpzGd5pU","name":"Bo","displayName":"Bo","shortName":"Bo",
        "displayShortName":"B.","level":2,"path":"/ImspTQPwCqd/O6uvpzGd5pU",
        "parent":{"name":"Sierra Leone"},
        "translations":[{"locale":"en_GB","property":"NAME","value":"Bo district"},
                        {"locale":"en","property":"DESCRIPTION","value":"A district"},
                        {"locale":"pt","property":"NAME","value":"Distrito de Bo"}]}]})");
  NameIndex index(instance.home.path() / "cache" / "index", instance.server.url(), "admin");
  NameFill(index, *instance.connections.client(""), Patience{})
      .bring_up(*instance.registry.catalogue().type("organisationUnit"),
                std::chrono::system_clock::now());

  const auto found = index.exact("bo district", {"organisationUnit"});

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].also, "B.\nBo district");
  EXPECT_EQ(found[0].parent, "Sierra Leone");
  EXPECT_EQ(found[0].path, "/ImspTQPwCqd/O6uvpzGd5pU/");
  EXPECT_EQ(found[0].level, 2);
}

TEST(NameFill, NotesAListThatItMayNotRead) {
  Filling of;
  of.elements.fail_with(403);
  of.bring_up();
  EXPECT_TRUE(of.state().absent);
  of.elements.fail_with(0);
  of.bring_up_later();
  EXPECT_TRUE(of.state().complete);
  EXPECT_EQ(of.index.count("dataElement"), 250u);
}

TEST(NameIndexes, FillsInTheBackgroundOnFirstNeed) {
  Indexes of;
  EXPECT_EQ(of.ready(), nullptr) << "nothing waits for it";
  of.indexes.settle();

  const auto index = of.ready();

  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->exact("Element 42", kElements).size(), 1u);
}

TEST(NameIndexes, RefreshesWhileTheOldNamesAreUsed) {
  Indexes of;
  of.ready();
  of.indexes.settle();
  of.elements.put({uid_of(900), "New", "2026-11-21T09:00:00.000"});
  of.now += NameFill::kFresh + minutes(1);

  EXPECT_NE(of.ready(), nullptr);
  of.indexes.settle();

  EXPECT_EQ(of.ready()->exact("New", kElements).size(), 1u);
}

TEST(NameIndexes, HasAtHandWhatIsThereWithoutAskingWhoIsAsking) {
  Indexes of;
  EXPECT_EQ(of.indexes.at_hand("demo", kElements), nullptr);
  of.indexes.settle();

  const auto index = of.indexes.at_hand("demo", kElements);

  ASSERT_NE(index, nullptr) << "it was filled beside";
  EXPECT_EQ(index->exact("Element 42", kElements).size(), 1u);
  EXPECT_EQ(of.indexes.at_hand("nobody", kElements), nullptr);
  EXPECT_EQ(of.indexes.at_hand("demo", {"user"}), nullptr) << "persons are not kept";
}

TEST(NameIndexes, HasAtHandThePagesOfAFillingThatWasBrokenOff) {
  Indexes of;
  of.elements.break_after(1);
  of.ready();
  of.indexes.settle();
  EXPECT_EQ(of.ready(), nullptr);

  const auto index = of.indexes.at_hand("demo", kElements);

  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->count("dataElement"), 100u);
}

TEST(NameIndexes, AsksASilentServerWhoIsAskingOnceInAWhile) {
  Indexes of;
  of.instance.server.on("GET", "/api/me", Reply{503, "{}"});
  EXPECT_EQ(of.indexes.at_hand("demo", kElements), nullptr);
  of.indexes.settle();
  const std::size_t asked = of.instance.server.count("/api/me");
  EXPECT_GT(asked, 0u);

  EXPECT_EQ(of.indexes.at_hand("demo", kElements), nullptr);
  of.indexes.settle();
  EXPECT_EQ(of.instance.server.count("/api/me"), asked);
  of.now += minutes(1);
  of.instance.server.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin"})");
  of.indexes.at_hand("demo", kElements);
  of.indexes.settle();

  EXPECT_NE(of.indexes.at_hand("demo", kElements), nullptr);
}

TEST(NameIndexes, TriesAgainSomeTimeAfterAFailure) {
  Indexes of;
  of.elements.fail_with(503);
  EXPECT_EQ(of.ready(), nullptr);
  of.indexes.settle();
  of.elements.fail_with(0);
  of.instance.server.forget();

  EXPECT_EQ(of.ready(), nullptr);
  of.indexes.settle();
  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 0u) << "it waits";
  of.now += minutes(1);
  EXPECT_EQ(of.ready(), nullptr);
  of.indexes.settle();
  EXPECT_NE(of.ready(), nullptr);
}

TEST(NameIndexes, LeavesTheFileToTheProcessThatFillsIt) {
  Indexes of;
  const auto held = of.index.try_fill_lock();
  of.ready();
  of.indexes.settle();
  EXPECT_EQ(of.instance.server.count("/api/dataElements"), 0u);
}

TEST(NameIndexes, FillsADamagedFileAgain) {
  Indexes of;
  of.ready();
  of.indexes.settle();
  const auto file = of.ready()->file();
  std::filesystem::remove(file.string() + "-wal");
  std::filesystem::remove(file.string() + "-shm");
  std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(8192, 'x');

  NameIndexes others(of.instance.connections, of.instance.registry.catalogue());
  EXPECT_EQ(others.ready(*of.instance.connections.client(""), kElements), nullptr);
  others.settle();
  const auto index = others.ready(*of.instance.connections.client(""), kElements);
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->count("dataElement"), 250u);
}

TEST(NameIndexes, DoWithoutAFileThatFails) {
  Indexes of;
  of.bring_up();
  std::filesystem::permissions(of.index.file(), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);

  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(of.ready(), nullptr);
    of.indexes.settle();
    of.now += minutes(1);
  }
}

TEST(NameIndexes, EndsWhileTheServerIsSilent) {
  Instance instance;
  std::mutex gate;
  std::unique_lock closed(gate);
  instance.server.on("GET", "/api/dataElements", [&gate](const Seen&) {
    const std::lock_guard wait(gate);
    return Reply{200, "{}"};
  });
  {
    NameIndexes indexes(instance.connections, instance.registry.catalogue());
    indexes.ready(*instance.connections.client(""), kElements);
  }
  closed.unlock();
}

}  // namespace
}  // namespace dhis2mcp::test
