// SPDX-License-Identifier: BSD-3-Clause
// Two practice instances of every pair of majors: the differences planted in data sets of 10, 100
// and 500 data elements are found, and nothing else.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "auth/connections.h"
#include "tests/support/practice.h"
#include "tests/support/relay.h"
#include "tests/support/temp_home.h"
#include "tools/registry.h"

namespace dhis2mcp::test {
namespace {

constexpr int kMajors[] = {40, 41, 42, 43};
constexpr std::size_t kMostRequests = 6;

// One practice server of a major and a variant, behind a relay that counts.
struct Counted {
  Counted(int major, const std::string& variant)
      : dhis2("2." + std::to_string(major), options(variant)), relay(port_of(dhis2.url())) {}

  static std::vector<std::string> options(const std::string& variant) {
    if (variant.empty()) return {};
    return {"--variant", variant};
  }
  static int port_of(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(relay.port()); }

  Practice dhis2;
  CountingRelay relay;
};

// Profiles "40-forms", "43-forms-drift" and so on over servers that are started when first needed.
class ComparePractice : public testing::Test {
 protected:
  ComparePractice()
      : connections(Places::from_environment(), {}, {}),
        results(home.path() / "state" / "results"),
        registry(Catalogue::embedded(), {}, connections, results) {}

  std::string profile(int major, const std::string& variant) {
    const std::string name = std::to_string(major) + "-" + (variant.empty() ? "plain" : variant);
    auto& server = servers()[{major, variant}];
    if (server == nullptr) server = std::make_unique<Counted>(major, variant);
    if (!saved_.insert(name).second) return name;
    Profile profile;
    profile.name = name;
    profile.url = server->url();
    profile.method = AuthMethod::pat;
    profiles_.put(profile);
    profiles_.save(Places::from_environment().profiles());
    connections.store().put_secret(
        name, "pat",
        Secret(major > 40 ? "d2p_practiceadmin00000000000000000000000000000001cOYVr"
                          : "d2pat_practiceadmin00000000000000000001479543600"));
    connections.client(name)->whoami({});
    return name;
  }

  static CountingRelay& relay(int major, const std::string& variant) {
    return servers().at({major, variant})->relay;
  }

  Json answer(const std::string& tool, const Json& arguments) {
    const ToolResult result = registry.call(*registry.find(tool), arguments.dump(), {});
    return result.is_error ? Json{{"error", result.text}, {"rows", Json::array()}}
                           : Json::parse(result.structured);
  }

  // "data element X / categoryCombo", one line for each difference.
  Json compare(int major, const std::string& variant, int other, const std::string& with,
               const std::string& object) {
    const std::string here = profile(major, variant), there = profile(other, with);
    relay(major, variant).forget();
    relay(other, with).forget();
    return answer(
        "metadata_compare",
        {{"profile", here}, {"with_profile", there}, {"type", "data set"}, {"objects", {object}}});
  }

  static std::set<std::string> places(const Json& answer) {
    std::set<std::string> out;
    for (const Json& row : answer["rows"]) {
      out.insert(row[0].get<std::string>() + " / " + row[1].get<std::string>());
    }
    return out;
  }

  static void expect_few_requests(CountingRelay& relay, const std::string& what) {
    const std::vector<std::string> targets = relay.targets();
    std::string all;
    for (const std::string& target : targets) all += "\n" + target.substr(0, 120);
    EXPECT_LE(targets.size(), kMostRequests) << what << all;
  }

  TempHome home;
  Connections connections;
  Results results;
  Registry registry;

 private:
  static std::map<std::pair<int, std::string>, std::unique_ptr<Counted>>& servers() {
    static std::map<std::pair<int, std::string>, std::unique_ptr<Counted>> running;
    return running;
  }
  Profiles profiles_;
  std::set<std::string> saved_;
};

using Places3 = std::set<std::string>;

const std::map<std::string, Places3>& planted() {
  static const std::map<std::string, Places3> all = {
      {"PF10",
       {"data set Practice form of 10 / dataSetElements",
        "data element Practice PF10 element 1 / categoryCombo",
        "data set Practice form of 10 / sharing.userGroups: user group \u00c9quipe Domb\u00e9a"}},
      {"PF100",
       {"data set section Practice part 1 / dataElements (order)",
        "indicator Practice rate of PF100 / denominator",
        "option set Practice outcomes of PF100 / options"}},
      {"PF500",
       {"data set Practice form of 500 / dataSetElements",
        "data set Practice form of 500, Practice PF500 element 7 / dataSetElements.categoryCombo",
        "legend set Practice levels of PF500, low / legends.endValue"}}};
  return all;
}

TEST_F(ComparePractice, FindsThePlantedDifferencesAndNothingElseInEveryPairOfMajors) {
  for (const int major : kMajors) {
    for (int other = major + 1; other <= kMajors[3]; ++other) {
      for (const auto& [code, expected] : planted()) {
        const std::string what = std::to_string(major) + "-" + std::to_string(other) + " " + code;
        const Json answer = compare(major, "forms", other, "forms-drift", code);
        EXPECT_EQ(places(answer), expected) << what << answer.dump(1);
        EXPECT_EQ(answer["rows"].size(), 3U) << what;
        expect_few_requests(relay(major, "forms"), what);
        expect_few_requests(relay(other, "forms-drift"), what);
      }
    }
  }
}

TEST_F(ComparePractice, FindsNothingBetweenEqualFormsOfTwoMajors) {
  for (const auto& [code, expected] : planted()) {
    const Json answer = compare(40, "forms", 43, "forms", code);
    EXPECT_EQ(answer["rows"].size(), 0U) << answer.dump(1);
    EXPECT_NE(answer["notes"].dump().find("No difference"), std::string::npos) << answer.dump(1);
  }
}

TEST_F(ComparePractice, KnowsWhatWasMadeAnewByCodesAndNames) {
  for (const auto& [code, expected] : planted()) {
    const Json answer = compare(41, "forms", 42, "forms-remade", code);
    EXPECT_EQ(answer["rows"].size(), 0U) << answer.dump(1);
    EXPECT_NE(answer["read_as"].dump().find("same code"), std::string::npos) << answer.dump(1);
    expect_few_requests(relay(42, "forms-remade"), code);
  }
}

TEST_F(ComparePractice, FindsTheThreeDifferencesOfTheDriftedCountry) {
  const Json answer = compare(40, "", 43, "drift", "DS_RMA");
  const std::string set = "data set Rapport mensuel d\u2019activit\u00e9s (RMA) / ";

  EXPECT_EQ(places(answer),
            (Places3{set + "dataSetElements", set + "categoryCombo", set + "sharing.public"}))
      << answer.dump(1);
  EXPECT_EQ(answer["rows"][0][1], "sharing.public") << "the smallest one first";
  EXPECT_NE(answer["source"].get<std::string>().find("40-plain: "), std::string::npos);
  EXPECT_NE(answer["source"].get<std::string>().find("; 43-drift: "), std::string::npos);
  expect_few_requests(relay(40, ""), "plain");
  expect_few_requests(relay(43, "drift"), "drift");
}

TEST_F(ComparePractice, ListsWhatHasToBeCreatedBeforeAMissingForm) {
  const Json answer = compare(42, "forms", 41, "", "PF10");

  ASSERT_EQ(answer["rows"].size(), 1U) << answer.dump(1);
  EXPECT_EQ(answer["rows"][0][0], "data set Practice form of 10");
  const std::string notes = answer["notes"].dump();
  for (const char* dependency :
       {"category combination \\\"Practice by age and sex\\\"", "category \\\"Practice sex\\\"",
        "category option \\\"Practice female\\\"", "data element \\\"Practice PF10 element 10\\\"",
        "option set \\\"Practice outcomes of PF10\\\"",
        "legend set \\\"Practice levels of PF10\\\"", "indicator \\\"Practice rate of PF10\\\""}) {
    EXPECT_NE(notes.find(dependency), std::string::npos) << dependency << answer.dump(1);
  }
  EXPECT_EQ(notes.find("Pourcentage"), std::string::npos) << "the other side has that type";
}

TEST_F(ComparePractice, FindsNoDifferenceInAnyTypeOfTheSameCountryOnFourMajors) {
  for (const int other : {41, 42, 43}) {
    for (const char* type : {"data set",
                             "data element",
                             "indicator",
                             "category combo",
                             "option set",
                             "legend set",
                             "validation rule",
                             "validation rule group",
                             "data element group",
                             "constant",
                             "indicator type",
                             "org unit group",
                             "org unit group set",
                             "data element group set",
                             "program",
                             "program stage",
                             "program indicator",
                             "program rule",
                             "program rule variable",
                             "tracked entity attribute",
                             "tracked entity type",
                             "predictor",
                             "user group",
                             "relationship type",
                             "attribute",
                             "data approval workflow",
                             "org unit level"}) {
      const Json answer = this->answer(
          "metadata_compare",
          {{"profile", profile(40, "")}, {"with_profile", profile(other, "")}, {"type", type}});
      EXPECT_FALSE(answer.contains("error")) << answer.dump();
      EXPECT_EQ(answer["rows"].size(), 0U) << type << " 40-" << other << answer.dump(1);
    }
  }
}

TEST_F(ComparePractice, TellsWhereADataElementIsUsed) {
  for (const int major : kMajors) {
    const Json answer = this->answer(
        "metadata_usage", {{"profile", profile(major, "")}, {"object", "CPN 1re visite"}});
    ASSERT_FALSE(answer.contains("error")) << answer.dump();
    const std::string rows = answer["rows"].dump();
    EXPECT_NE(rows.find("[\"data set\",\"Rapport mensuel"), std::string::npos) << rows;
    EXPECT_NE(rows.find("[\"indicator\",\"Couverture CPN 1\",\"in numerator\"]"), std::string::npos)
        << rows;
    EXPECT_EQ(answer["notes"].dump().find("Not looked through"), std::string::npos)
        << major << answer["notes"].dump(1);
  }
}

}  // namespace
}  // namespace dhis2mcp::test
