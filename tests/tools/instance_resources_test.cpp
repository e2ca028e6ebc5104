// SPDX-License-Identifier: BSD-3-Clause
// What can be attached, and that it is no way around a tool's rules.
#include "tools/instance_resources.h"

#include <gtest/gtest.h>

#include "tests/tools/instance.h"

namespace dhis2mcp {
namespace {

using test::Instance;

struct Attached : Instance {
  using Instance::Instance;
  InstanceResources resources{registry, connections};

  Json read(const std::string& uri) { return Json::parse(resources.read(uri, {}).at(0).text); }
  Error refusal(const std::string& uri) {
    try {
      resources.read(uri, {});
    } catch (const Error& error) {
      return error;
    }
    return {ErrorKind::internal, "read"};
  }
};

TEST(InstanceResources, ListsProfilesWithoutAskingAServer) {
  Attached instance;
  const std::vector<Resource> list = instance.resources.list();

  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].uri, "dhis2://demo/system");
  EXPECT_EQ(list[0].name, "demo");
  EXPECT_EQ(list[0].mime_type, "application/json");
  EXPECT_EQ(instance.server.seen().size(), 0U);
}

TEST(InstanceResources, NamesItsTemplates) {
  Attached instance;
  std::vector<std::string> uris;
  for (const ResourceTemplate& one : instance.resources.templates()) {
    uris.push_back(one.uri_template);
    EXPECT_FALSE(one.name.empty() || one.title.empty() || one.description.empty());
  }

  EXPECT_EQ(uris,
            (std::vector<std::string>{"dhis2://{profile}/system", "dhis2://{profile}/{type}/{id}",
                                      "dhis2://{profile}/result/{id}"}));
}

TEST(InstanceResources, ReadWhatTheToolAnswers) {
  Attached instance;
  instance.server.get("/api/indicators/Uvn6LCg7dVU", R"({"id":"Uvn6LCg7dVU","name":"ANC 1"})");

  EXPECT_EQ(instance.read("dhis2://demo/system"), instance.answer("system_info"));
  const ResourceContents object =
      instance.resources.read("dhis2://demo/indicators/Uvn6LCg7dVU", {}).at(0);
  EXPECT_EQ(object.mime_type, "text/markdown");
  EXPECT_TRUE(object.text.starts_with("# ANC 1\n\nindicator `Uvn6LCg7dVU` of demo: admin at "))
      << object.text;
  EXPECT_EQ(instance.refusal("dhis2://demo/data%20set/Uvn6LCg7dVU?fields=id").kind,
            ErrorKind::not_found)
      << "it is an object of another type";
}

TEST(InstanceResources, LinkTheObjectsThatAnObjectRefersTo) {
  Attached instance;
  instance.server.get("/api/dataElements/y7qh476Nmd3",
                      R"({"id":"y7qh476Nmd3","name":"CPN","categoryCombo":{"id":"bjDvmb4bfuf",
                          "name":"default"}})");
  instance.server.get("/api/categoryCombos/bjDvmb4bfuf",
                      R"({"id":"bjDvmb4bfuf","name":"default"})");
  const std::string element =
      instance.resources.read("dhis2://demo/dataElement/y7qh476Nmd3", {}).at(0).text;
  const std::string link = "dhis2://demo/categoryCombo/bjDvmb4bfuf";
  ASSERT_NE(element.find("[default](" + link + ")"), std::string::npos) << element;
  EXPECT_TRUE(instance.resources.read(link, {}).at(0).text.starts_with("# default\n"));
}

TEST(InstanceResources, ReadAKeptResultFromAnyRow) {
  Attached instance;
  Json list = {{"things", Json::array()}};
  for (int i = 0; i < 2'000; ++i) {
    list["things"].push_back({{"id", i}, {"name", "Thing number " + std::to_string(i)}});
  }
  instance.server.get("/api/things", list.dump());
  const Json first = instance.answer("dhis2_query", R"({"path":"things"})");
  const std::string uri = "dhis2://demo/result/" + first["result"].get<std::string>();

  EXPECT_EQ(instance.read(uri)["rows"][0][0], 0);
  EXPECT_EQ(instance.read(uri + "?from_row=1500")["rows"][0][0], 1500);
  EXPECT_LE(instance.resources.read(uri, {}).at(0).text.size(), kDefaultAnswerBytes + 1024);
}

TEST(InstanceResources, RefuseWhatAToolRefuses) {
  Attached instance;
  const std::pair<const char*, ErrorKind> cases[] = {
      {"dhis2://demo/user/M5zQapPyTZI?fields=*", ErrorKind::refused},
      {"dhis2://demo/apiToken/M5zQapPyTZI", ErrorKind::bad_input},
      {"dhis2://demo/weather/M5zQapPyTZI", ErrorKind::bad_input},
      {"dhis2://demo/result/r-0123456789abcdef0123456789abcdef", ErrorKind::not_found},
      {"dhis2://demo/result/../../config", ErrorKind::not_found},
      {"dhis2://demo/indicator/a%2Fb%00", ErrorKind::not_found},
      {"dhis2://demo/indicator/%zz", ErrorKind::bad_input},
      {"dhis2://demo", ErrorKind::not_found},
      {"dhis2://demo/", ErrorKind::not_found},
      {"dhis2://", ErrorKind::not_found},
      {"dhis2://demo/system?fields=id", ErrorKind::not_found},
      {"dhis2://demo/indicator/Uvn6LCg7dVU?from_row=1", ErrorKind::not_found},
      {"file:///etc/passwd", ErrorKind::not_found},
      {"", ErrorKind::not_found},
  };
  for (const auto& [uri, kind] : cases) {
    EXPECT_EQ(instance.refusal(uri).kind, kind) << uri << instance.refusal(uri).what();
  }
  EXPECT_NE(std::string(instance.refusal("dhis2://nobody/system").what()).find("nobody"),
            std::string::npos);
}

TEST(InstanceResources, ShowKeptRowsToTheirOwnerOnly) {
  Attached instance;
  Json list = {{"things", Json::array()}};
  for (int i = 0; i < 2'000; ++i) list["things"].push_back({{"id", "a longer id"}, {"n", i}});
  instance.server.get("/api/things", list.dump());
  const Json first = instance.answer("dhis2_query", R"({"path":"things"})");
  instance.server.get("/api/me", R"({"id":"xE7jOejl9FI","username":"district","displayName":"D"})");
  Connections connections(Places::from_environment(), {}, {});
  const Registry other(Catalogue::embedded(), {}, connections, instance.results);
  const InstanceResources others(other, connections);

  EXPECT_THROW(others.read("dhis2://demo/result/" + first["result"].get<std::string>(), {}), Error);
}

}  // namespace
}  // namespace dhis2mcp
