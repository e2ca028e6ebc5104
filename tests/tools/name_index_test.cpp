// SPDX-License-Identifier: BSD-3-Clause
// The index of names: what is found, in which order, and what happens to a damaged file.
#include "tools/name_index.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/temp_home.h"
#include "tools/name_index_terms.h"

namespace dhis2mcp::test {
namespace {

const std::vector<std::string> kData = {"dataElement", "indicator"};

IndexedName element(const std::string& uid, const std::string& name, const std::string& code = "",
                    const std::string& display = "", const std::string& short_name = "") {
  return {"dataElement", uid, code, name, display.empty() ? name : display, short_name, ""};
}

class Index {
 public:
  Index() : index(home.path() / "cache" / "index", "https://h.example/dhis", "ada") {
    index.put(
        "dataElement",
        {element("y7qh476Nmd3", "ANC 1st visit", "DE_ANC1", "1re visite CPN", "ANC 1"),
         element("aaaaaaaaaa1", "ANC 2nd visit"), element("aaaaaaaaaa2", "ANC"),
         element("aaaaaaaaaa3", "Visits of ANC clinics"),
         element("aaaaaaaaaa4", "Fi\xC3\xA8vre jaune"), element("aaaaaaaaaa5", "Under5 mortality")},
        {true, false, 1, "2026-11-20T10:00:00.000", 100});
    index.put("indicator",
              {{"indicator", "Uvn6LCg7dVU", "", "ANC 1 Coverage", "ANC 1 Coverage", "", ""}},
              {true, false, 1, "", 100});
  }

  std::string hits(const std::string& text, const std::vector<std::string>& types = kData) {
    std::string out;
    for (const IndexedName& hit : index.search(text, types, 10).hits) {
      out += (out.empty() ? "" : "; ") + hit.name;
    }
    return out;
  }

  TempHome home;
  NameIndex index;
};

TEST(NameIndex, FindsWholeNamesCodesAndUids) {
  Index of;
  for (const char* text :
       {"ANC 1st visit", "anc 1ST Visit", "DE_ANC1", "1re visite CPN", "ANC 1", "y7qh476Nmd3"}) {
    const auto found = of.index.exact(text, kData);
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_EQ(found[0].uid, "y7qh476Nmd3") << text;
    EXPECT_EQ(found[0].type, "dataElement");
  }
  EXPECT_TRUE(of.index.exact("ANC 1st visit", {"indicator"}).empty());
  EXPECT_TRUE(of.index.exact("ANC 1st", kData).empty());
}

TEST(NameIndex, RanksExactThenBeginningThenWords) {
  Index of;
  EXPECT_EQ(of.hits("ANC"),
            "ANC; ANC 2nd visit; ANC 1 Coverage; ANC 1st visit; Visits of ANC clinics");
  EXPECT_EQ(of.hits("visit anc"), "ANC 2nd visit; ANC 1st visit; Visits of ANC clinics");
  EXPECT_EQ(of.hits("cover"), "ANC 1 Coverage");
  EXPECT_EQ(of.hits("ANC 1 cov"), "ANC 1 Coverage");
  EXPECT_EQ(of.hits("ANC 2 visit"), "ANC 2nd visit");
  EXPECT_EQ(of.hits("fievre"), "Fi\xC3\xA8vre jaune");
  EXPECT_EQ(of.hits("CPN visite"), "ANC 1st visit");
  EXPECT_EQ(of.hits("y7qh476Nmd3"), "ANC 1st visit");
}

// What stands in the instance, each under the type's name: the order that is expected, best first.
struct Ranking {
  const char* text;
  std::vector<std::pair<std::string, std::string>> order;
  std::size_t limit = 10;
};

const std::vector<Ranking>& rankings() {
  static const std::vector<Ranking> table = {
      {"ANC",
       {{"dataElement", "ANC visits"},
        {"indicator", "Dropout ANC"},
        {"categoryOption", "New ANC"}}},
      {"ANC", {{"dataElement", "ANC1 given"}, {"indicator", "First ANC visit"}}},
      {"anc", {{"dataElement", "ANC1"}, {"dataElement", "Ancien registre"}}},
      {"ANC", {{"optionSet", "ANC"}, {"dataElement", "ANC 1st visit"}}},
      {"ANC 1",
       {{"dataElement", "ANC 1"},
        {"dataElement", "ANC 1 of the year"},
        {"dataElement", "Visits: ANC 1"}}},
      {"malaria",
       {{"dataElement", "Malaria cases"},
        {"dataElementGroup", "Malaria cases"},
        {"option", "Malaria cases"}}},
      {"malaria", {{"dataSet", "Malaria"}, {"program", "Malaria case registration"}}},
      {"mal",
       {{"dataElement", "Malaria"},
        {"dataElement", "Malnutrition"},
        {"dataElement", "Severe malaria"}}},
      {"Bo",
       {{"organisationUnit", "Bo"},
        {"organisationUnit", "Bo Central"},
        {"organisationUnit", "Port of Bo"}}},
      {"BCG doses",
       {{"dataElement", "BCG doses"},
        {"indicator", "BCG doses given"},
        {"dataElement", "Doses given BCG"}}},
  };
  return table;
}

TEST(NameIndex, RanksWholeWordsFirstThenShorterNamesOfUsefulTypes) {
  for (const Ranking& one : rankings()) {
    TempHome home;
    NameIndex index(home.path(), "https://h.example", "ada");
    std::vector<std::string> types;
    std::string wanted;
    for (std::size_t i = one.order.size(); i-- > 0;) {
      const auto& [type, name] = one.order[i];
      index.put(type, {{type, "uid0000000" + std::to_string(i), "", name, name, "", ""}}, {true});
      types.push_back(type);
      wanted = type + " " + name + (wanted.empty() ? "" : "; ") + wanted;
    }
    std::string hits;
    for (const IndexedName& hit : index.search(one.text, types, 2).hits) {
      hits += (hits.empty() ? "" : "; ") + hit.type + " " + hit.name;
    }
    EXPECT_TRUE(wanted.starts_with(hits) && !hits.empty()) << one.text << ": " << hits;
    hits.clear();
    for (const IndexedName& hit : index.search(one.text, types, 10).hits) {
      hits += (hits.empty() ? "" : "; ") + hit.type + " " + hit.name;
    }
    EXPECT_EQ(hits, wanted) << one.text;
  }
}

TEST(NameIndex, LeavesBeginningsOutWhereANameIsTheTextOrWordsSuffice) {
  Index of;
  of.index.put("dataElement", {element("aaaaaaaaaa6", "Ancien registre")}, {true});
  EXPECT_EQ(of.hits("anc").find("Ancien"), std::string::npos) << "a name is ANC";
  of.index.keep_only("dataElement", {"aaaaaaaaaa1", "aaaaaaaaaa6"});
  EXPECT_EQ(of.hits("anc"), "ANC 2nd visit; ANC 1 Coverage; Ancien registre");
  const IndexSearch two = of.index.search("anc", kData, 2);
  EXPECT_EQ(two.hits.size(), 2u);
  EXPECT_EQ(two.total.at("dataElement"), 1u);
}

TEST(NameIndex, FindsNamesInTheAccountsLanguageAndInEnglish) {
  TempHome home;
  NameIndex index(home.path(), "https://h.example", "ada");
  IndexedName one = element("y7qh476Nmd3", "CPN 1", "", "1st consultation", "CPN1");
  one.also = "ANC first visit\nANC1";
  index.put("dataElement", {one}, {true});
  for (const char* text : {"CPN 1", "1st consultation", "anc FIRST visit", "ANC1", "cpn1"}) {
    EXPECT_EQ(index.exact(text, kData).size(), 1u) << text;
    EXPECT_EQ(index.search(text, kData, 5).hits.size(), 1u) << text;
  }
  EXPECT_EQ(index.search("first visit", kData, 5).hits.size(), 1u);
}

TEST(NameIndex, KnowsWordsThatAreMadeOfSeveral) {
  TempHome home;
  NameIndex index(home.path(), "https://h.example", "ada");
  index.put("dataElement",
            {element("aaaaaaaaaa1", "ANC1 given"), element("aaaaaaaaaa2", "OPV 3 doses"),
             element("aaaaaaaaaa3", "fastingGlucose")},
            {true});
  const std::pair<const char*, const char*> cases[] = {{"anc 1", "aaaaaaaaaa1"},
                                                       {"OPV3", "aaaaaaaaaa2"},
                                                       {"opv3 doses", "aaaaaaaaaa2"},
                                                       {"glucose", "aaaaaaaaaa3"}};
  for (const auto& [text, uid] : cases) {
    const auto hits = index.search(text, kData, 5).hits;
    ASSERT_EQ(hits.size(), 1u) << text;
    EXPECT_EQ(hits[0].uid, uid) << text;
  }
}

TEST(NameIndex, FindsUnitsBelowOthersAndAtALevel) {
  TempHome home;
  NameIndex index(home.path(), "https://h.example", "ada");
  const auto unit = [](const std::string& uid, const std::string& path, int level) {
    IndexedName out{"organisationUnit", uid, "", "Clinic " + uid, "Clinic " + uid, "", ""};
    out.path = path;
    out.level = level;
    return out;
  };
  index.put(
      "organisationUnit",
      {unit("aaaaaaaaaa1", "/aaaaaaaaaa1/", 1), unit("aaaaaaaaaa2", "/aaaaaaaaaa1/aaaaaaaaaa2/", 2),
       unit("aaaaaaaaaa3", "/aaaaaaaaaa1/aaaaaaaaaa2/aaaaaaaaaa3/", 3),
       unit("aaaaaaaaaa4", "/aaaaaaaaaa1/aaaaaaaaaa4/", 2)},
      {true});
  const std::vector<std::string> type = {"organisationUnit"};
  const auto found = [&](const IndexedPlace& place) {
    std::string out;
    for (const IndexedName& hit : index.search("clinic", type, 9, place).hits)
      out += hit.uid.back();
    return out;
  };
  EXPECT_EQ(found({}), "1234");
  EXPECT_EQ(found({2, {}}), "24");
  EXPECT_EQ(found({0, {"aaaaaaaaaa2"}}), "3");
  EXPECT_EQ(found({0, {"aaaaaaaaaa2", "aaaaaaaaaa1"}}), "234");
  EXPECT_EQ(found({3, {"aaaaaaaaaa1"}}), "3");
  EXPECT_EQ(found({1, {"aaaaaaaaaa1"}}), "");
  EXPECT_EQ(index.search("clinic", type, 9, {2, {}}).total.at("organisationUnit"), 2u);
}

TEST(NameIndex, FindsPartsOfWordsAndNearOnes) {
  Index of;
  EXPECT_EQ(of.hits("ortali"), "Under5 mortality");
  EXPECT_EQ(of.hits("ortali 5"), "Under5 mortality");
  EXPECT_EQ(of.hits("nothing like it"), "");
  const std::pair<const char*, const char*> cases[] = {{"ANC 1st vist", "y7qh476Nmd3"},
                                                       {"anc 1st vsiit", "y7qh476Nmd3"},
                                                       {"ANC 2nd visite", "aaaaaaaaaa1"},
                                                       {"mortalty", "aaaaaaaaaa5"},
                                                       {"Under5 mortality rate", "aaaaaaaaaa5"}};
  for (const auto& [text, uid] : cases) {
    const auto near = of.index.near(text, kData, 2);
    ASSERT_FALSE(near.empty()) << text;
    EXPECT_EQ(near[0].uid, uid) << text;
  }
  EXPECT_TRUE(of.index.near("zzzzzz", kData, 2).empty());
}

TEST(NameIndex, CountsSlipsOfTheHand) {
  const struct {
    const char *from, *to;
    std::size_t slips;
  } cases[] = {{"visit", "visit", 0},    {"vist", "visit", 1},  {"vsiit", "visit", 1},
               {"visits", "visit", 1},   {"fisit", "visit", 1}, {"mortalty", "mortality", 1},
               {"malria", "malarai", 2}, {"anc", "visit", 3},   {"", "ab", 2}};
  for (const auto& one : cases) EXPECT_EQ(slips(one.from, one.to, 2), one.slips) << one.from;
}

TEST(NameIndex, ListsEverythingForAnEmptyText) {
  Index of;
  const IndexSearch found = of.index.search("", kData, 2);
  EXPECT_EQ(found.total.at("dataElement"), 6u);
  ASSERT_EQ(found.hits.size(), 2u);
  EXPECT_EQ(found.hits[0].name, "ANC");
}

TEST(NameIndex, SaysWhenItStoppedCounting) {
  TempHome home;
  NameIndex index(home.path(), "https://h.example", "ada");
  std::vector<IndexedName> objects;
  for (int i = 0; i < 2'500; ++i) {
    objects.push_back(
        element("cc" + std::to_string(100'000'000 + i), "Clinic " + std::to_string(i)));
  }
  index.put("dataElement", objects, {true});
  EXPECT_FALSE(index.search("clinic", kData, 5).counted);
  EXPECT_TRUE(index.search("clinic 17", kData, 5).counted);
  EXPECT_EQ(index.search("clinic 17", kData, 5).hits[0].name, "Clinic 17");
}

TEST(NameIndex, TellsTotalsByTypeWhateverTheLimit) {
  Index of;
  const IndexSearch found = of.index.search("anc", kData, 1);
  EXPECT_EQ(found.hits.size(), 1u);
  EXPECT_EQ(found.total.at("dataElement"), 4u);
  EXPECT_EQ(found.total.at("indicator"), 1u);
}

TEST(NameIndex, TakesNoTextForItsQueryLanguage) {
  Index of;
  for (const char* text : {"\"", "anc OR", "NEAR(anc", "anc*", "text:anc", "anc - visit", "'; --",
                           "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80", "\"\"\"\"", "a", "",
                           " ", "^anc", "\xC3"}) {
    EXPECT_NO_THROW(of.index.search(text, kData, 5)) << text;
    EXPECT_NO_THROW(of.index.near(text, kData, 5)) << text;
    EXPECT_NO_THROW(of.index.exact(text, kData)) << text;
  }
}

TEST(NameIndex, ReplacesAndRemovesObjects) {
  Index of;
  of.index.put("dataElement", {element("aaaaaaaaaa1", "Antenatal second visit")}, {true});
  EXPECT_EQ(of.hits("antenatal"), "Antenatal second visit");
  EXPECT_EQ(of.hits("2nd"), "");
  EXPECT_TRUE(of.index.exact("ANC 2nd visit", kData).empty());

  const auto unknown =
      of.index.keep_only("dataElement", {"aaaaaaaaaa1", "newnewnewn1", "y7qh476Nmd3"});

  EXPECT_EQ(unknown, std::vector<std::string>{"newnewnewn1"});
  EXPECT_EQ(of.index.count("dataElement"), 2u);
  EXPECT_EQ(of.hits("anc"), "ANC 1 Coverage; ANC 1st visit");
  EXPECT_EQ(of.hits("ortali"), "");
}

TEST(NameIndex, KeepsHowFarATypeIs) {
  Index of;
  NameIndex again(of.home.path() / "cache" / "index", "https://h.example/dhis", "ada");
  EXPECT_TRUE(again.types().at("dataElement").complete);
  EXPECT_EQ(again.types().at("dataElement").stamp, "2026-11-20T10:00:00.000");
  NameIndex other(of.home.path() / "cache" / "index", "https://h.example/dhis", "bob");
  EXPECT_TRUE(other.types().empty());
  EXPECT_NE(other.file(), again.file());
}

TEST(NameIndex, IsReadableByItsOwnerAlone) {
  Index of;
  for (const auto& entry : std::filesystem::directory_iterator(of.index.file().parent_path())) {
    struct stat seen {};
    ASSERT_EQ(::stat(entry.path().c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777U, 0600U) << entry.path();
  }
}

TEST(NameIndex, MakesADamagedFileAnew) {
  Index of;
  const auto file = of.index.file();
  std::filesystem::remove(file.string() + "-wal");
  std::filesystem::remove(file.string() + "-shm");
  std::ofstream(file, std::ios::binary | std::ios::in)
      .write("this is no database at all......", 32);

  NameIndex again(of.home.path() / "cache" / "index", "https://h.example/dhis", "ada");

  EXPECT_TRUE(again.search("anc", kData, 5).hits.empty());
  EXPECT_TRUE(again.types().empty());
  again.put("dataElement", {element("y7qh476Nmd3", "ANC 1st visit")}, {true});
  EXPECT_EQ(again.exact("ANC 1st visit", kData).size(), 1u);
  // The first one sees that its file was replaced.
  EXPECT_EQ(of.hits("anc"), "ANC 1st visit");
}

TEST(NameIndex, MakesAFileOfAnotherLayoutAnew) {
  Index of;
  {
    SQLite::Database database(of.index.file().string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA user_version=99");
  }
  NameIndex again(of.home.path() / "cache" / "index", "https://h.example/dhis", "ada");
  EXPECT_TRUE(again.types().empty());
}

TEST(NameIndex, IsFilledByOneAtATime) {
  Index of;
  NameIndex other(of.home.path() / "cache" / "index", "https://h.example/dhis", "ada");
  auto held = of.index.try_fill_lock();
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(other.try_fill_lock(), nullptr);
  held.reset();
  EXPECT_NE(other.try_fill_lock(), nullptr);
}

TEST(NameIndex, IsReadWhileItIsWritten) {
  Index of;
  std::thread writer([&] {
    for (int page = 0; page < 20; ++page) {
      std::vector<IndexedName> objects;
      for (int i = 0; i < 100; ++i) {
        const std::string number = std::to_string(10'000 + page * 100 + i);
        objects.push_back(element("bbbbbb" + number, "Clinic " + number));
      }
      of.index.put("dataElement", objects, {true});
    }
  });
  for (int i = 0; i < 50; ++i) EXPECT_EQ(of.index.exact("ANC", kData).size(), 1u);
  writer.join();
  EXPECT_EQ(of.index.count("dataElement"), 2006u);
}

}  // namespace
}  // namespace dhis2mcp::test
