// SPDX-License-Identifier: BSD-3-Clause
// What `config CLIENT` prints, to the letter, and whether a client that follows it gets a server.
#include "server/client_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "dhis2/error.h"
#include "dhis2/json.h"
#include "server/console.h"
#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using test::Ended;
using test::Program;
using test::run_product;
using test::TempHome;

// A path that every format has to quote in its own way.
const Launch kAwkward = {"/opt/d'his \"2\"/dhis2-mcp",
                         {"stdio", "--profile", "demo"},
                         {{"DHIS2_MCP_HOME", "/home/a b"}}};
const Launch kSimple = {"/usr/bin/dhis2-mcp", {"stdio"}, {}};

struct JsonClient {
  const char* name;
  const char* member;  // of the client's file, under which the servers stand
  const char* further;
};

TEST(ClientConfig, WritesTheJsonThatEachClientReads) {
  const JsonClient rows[] = {
      {"claude-desktop", "mcpServers", "{}"},
      {"cursor", "mcpServers", R"({"type":"stdio"})"},
      {"vscode", "servers", R"({"type":"stdio"})"},
      {"zed", "context_servers", R"({"source":"custom"})"},
      {"windsurf", "mcpServers", "{}"},
      {"gemini", "mcpServers", "{}"},
      {"jetbrains", "mcpServers", "{}"},
  };
  for (const JsonClient& row : rows) {
    SCOPED_TRACE(row.name);
    for (const Launch& launch : {kAwkward, kSimple}) {
      Json server = Json::parse(row.further);
      server["command"] = launch.program;
      server["args"] = launch.arguments;
      if (!launch.environment.empty()) server["env"] = launch.environment;

      const Json file = Json::parse(client_config(row.name, launch).text);

      EXPECT_EQ(file.size(), 1U);
      ASSERT_TRUE(file.contains(row.member));
      EXPECT_EQ(file[row.member], (Json{{"dhis2", server}}));
    }
  }
}

TEST(ClientConfig, WritesTheTableThatCodexReads) {
  EXPECT_EQ(client_config("codex", kSimple).text,
            "[mcp_servers.dhis2]\n"
            "command = \"/usr/bin/dhis2-mcp\"\n"
            "args = [\"stdio\"]\n");
  EXPECT_EQ(client_config("codex", kAwkward).text,
            "[mcp_servers.dhis2]\n"
            "command = \"/opt/d'his \\\"2\\\"/dhis2-mcp\"\n"
            "args = [\"stdio\",\"--profile\",\"demo\"]\n"
            "\n"
            "[mcp_servers.dhis2.env]\n"
            "DHIS2_MCP_HOME = \"/home/a b\"\n");
}

TEST(ClientConfig, EscapesWhatTomlForbidsAndJsonAllows) {
  const std::string text = client_config("codex", {"/a\x7f\tb", {"stdio"}, {}}).text;

  EXPECT_NE(text.find(R"(command = "/a\u007f\tb")"), std::string::npos) << text;
}

TEST(ClientConfig, WritesTheExtensionThatGooseReads) {
  EXPECT_EQ(client_config("goose", kAwkward).text,
            "extensions:\n"
            "  dhis2:\n"
            "    enabled: true\n"
            "    type: \"stdio\"\n"
            "    name: \"dhis2\"\n"
            "    description: \"Any DHIS2 instance: metadata, data and analytics\"\n"
            "    cmd: \"/opt/d'his \\\"2\\\"/dhis2-mcp\"\n"
            "    args: [\"stdio\",\"--profile\",\"demo\"]\n"
            "    timeout: 300\n"
            "    env_keys: []\n"
            "    envs: {\"DHIS2_MCP_HOME\":\"/home/a b\"}\n");
  EXPECT_NE(client_config("goose", kSimple).text.find("    envs: {}\n"), std::string::npos);
}

// A shell has to hand the very words to Claude Code's command.
TEST(ClientConfig, WritesTheCommandLineOfClaudeCode) {
  EXPECT_EQ(client_config("claude-code", kSimple).text,
            "claude mcp add --transport stdio --scope user dhis2 -- /usr/bin/dhis2-mcp stdio\n");

  const Ended ended = Program("/bin/sh", {"-c", "claude() { printf '%s\\n' \"$@\"; }\n" +
                                                    client_config("claude-code", kAwkward).text})
                          .end();

  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "mcp\nadd\n--env\nDHIS2_MCP_HOME=/home/a b\n--transport\nstdio\n--scope\nuser\n"
            "dhis2\n--\n/opt/d'his \"2\"/dhis2-mcp\nstdio\n--profile\ndemo\n");
}

TEST(ClientConfig, SaysForEachClientWhereItBelongs) {
  EXPECT_EQ(known_clients().size(), 10U);
  for (const std::string& client : known_clients()) {
    const ClientConfig config = client_config(client, kSimple);
    EXPECT_TRUE(config.text.ends_with('\n')) << client;
    EXPECT_TRUE(config.place.ends_with('.')) << client;
  }
}

TEST(ClientConfig, RefusesWhatNoClientCouldRead) {
  for (const std::string& client : known_clients()) {
    EXPECT_THROW(client_config(client, {"/caf\xe9/dhis2-mcp", {"stdio"}, {}}), Error) << client;
    EXPECT_THROW(client_config(client, {"/x", {"stdio", "--profile", "\xff"}, {}}), Error)
        << client;
  }
  EXPECT_THROW(client_config("notepad", kSimple), Error);
}

TEST(ClientConfig, CarriesTheOptionsThatDifferFromTheirDefaults) {
  Options options;
  options.profile = "demo";
  options.toolsets = "compact";
  options.read_only = true;
  options.log_file = "logs/../x.log";
  const auto home = [](const std::string& name) -> std::optional<std::string> {
    return name == "DHIS2_MCP_HOME" ? std::optional<std::string>("h") : std::nullopt;
  };
  const std::string here = std::filesystem::current_path().string();

  const Launch launch = this_program(options, home);

  const std::vector<std::string> expected = {"stdio",      "--profile",    "demo",
                                             "--toolsets", "compact",      "--read-only",
                                             "--log-file", here + "/x.log"};
  EXPECT_EQ(launch.arguments, expected);
  EXPECT_EQ(launch.environment.at("DHIS2_MCP_HOME"), here + "/h");
  EXPECT_EQ(launch.program, std::filesystem::read_symlink("/proc/self/exe").string());
}

class ConfigCommand : public ::testing::Test {
 protected:
  TempHome home_;
};

TEST_F(ConfigCommand, PrintsWhatStartsAServer) {
  const Ended printed = run_product({"config", "cursor", "--toolsets", "compact"});
  ASSERT_EQ(printed.status, kDone) << printed.err;
  EXPECT_NE(printed.err.find("~/.cursor/mcp.json"), std::string::npos) << printed.err;
  const Json server = Json::parse(printed.out)["mcpServers"]["dhis2"];
  EXPECT_EQ(server["env"]["DHIS2_MCP_HOME"], home_.path().string());

  Program program(server["command"], server["args"]);
  program.write(R"({"jsonrpc":"2.0","id":1,"method":"initialize",)"
                R"("params":{"protocolVersion":"2025-06-18"}})"
                "\n"
                R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})"
                "\n");
  const Ended served = program.end();

  EXPECT_EQ(served.status, kDone) << served.err;
  const Json list = Json::parse(served.out.substr(served.out.find('\n') + 1));
  std::set<std::string> names;
  for (const Json& tool : list["result"]["tools"]) names.insert(tool["name"]);
  EXPECT_EQ(names.count("dhis2_query"), 1U);
  EXPECT_EQ(names.count("analytics_query"), 0U) << "the option did not arrive";
}

TEST_F(ConfigCommand, TellsThatAProfileIsNotThereYetAndPrintsAllTheSame) {
  const Ended ended = run_product({"config", "codex", "--profile", "nowhere"});

  EXPECT_EQ(ended.status, kDone);
  EXPECT_NE(ended.out.find(R"("--profile","nowhere")"), std::string::npos) << ended.out;
  EXPECT_NE(ended.err.find("nowhere"), std::string::npos) << ended.err;
}

TEST_F(ConfigCommand, NamesTheClientsItKnows) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"config", "notepad"}, std::vector<std::string>{"config"}}) {
    const Ended ended = run_product(words);
    EXPECT_EQ(ended.status, kUsage);
    EXPECT_TRUE(ended.out.empty());
  }
  EXPECT_NE(run_product({"config", "notepad"}).err.find("jetbrains"), std::string::npos);
}

// The rules are those of the registry's schema of 2025-12-11 and of its publishing guide.
TEST(ServerJson, HasTheShapeThatTheRegistryTakes) {
  std::ifstream in(std::string(DHIS2_MCP_WIRE_FOLDER) + "/../../server.json");
  const Json file = Json::parse(in);

  EXPECT_EQ(file["$schema"],
            "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json");
  const std::regex name("[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+");
  EXPECT_TRUE(std::regex_match(file["name"].get<std::string>(), name));
  EXPECT_LE(file["description"].get<std::string>().size(), 100U);
  EXPECT_LE(file["title"].get<std::string>().size(), 100U);
  EXPECT_EQ(file["version"], DHIS2_MCP_VERSION);
  EXPECT_EQ(file["repository"]["source"], "github");
  const std::string repository = file["repository"]["url"];
  ASSERT_EQ(file["packages"].size(), 1U);
  const Json& package = file["packages"][0];
  EXPECT_EQ(package["registryType"], "mcpb");
  EXPECT_EQ(package["transport"], (Json{{"type", "stdio"}}));
  // A bundle is a file of this repository's own release, and its address holds "mcp".
  EXPECT_EQ(package["identifier"],
            repository + "/releases/download/v" + DHIS2_MCP_VERSION + "/dhis2-mcp.mcpb");
  EXPECT_EQ(package["version"], DHIS2_MCP_VERSION);
}

TEST(ServerJson, AsksForVariablesThatTheProgramReads) {
  std::ifstream in(std::string(DHIS2_MCP_WIRE_FOLDER) + "/../../server.json");
  const Json file = Json::parse(in);
  const std::set<std::string> read = {"DHIS2_PROFILE", "DHIS2_URL", "DHIS2_PAT",
                                      "DHIS2_MCP_TOOLSETS"};

  for (const Json& variable : file["packages"][0]["environmentVariables"]) {
    const std::string name = variable["name"];
    EXPECT_EQ(read.count(name), 1U) << name;
    EXPECT_EQ(variable.value("isSecret", false), name == "DHIS2_PAT") << name;
    EXPECT_FALSE(variable["description"].get<std::string>().empty());
    if (name != "DHIS2_MCP_TOOLSETS") continue;
    for (const Json& choice : variable["choices"]) {
      Options options;
      options.toolsets = choice;
      EXPECT_NO_THROW(check(options)) << choice;
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
