// SPDX-License-Identifier: BSD-3-Clause
// Starts the replayed server and the product, and speaks to it as a person with curl would.
#include "tests/recorded/product.h"

#include <fstream>
#include <set>
#include <stdexcept>

#include <httplib.h>

#include "tests/support/program.h"
#include "tests/support/temp_home.h"

namespace recorded {
namespace {

using dhis2mcp::test::product_binary;
using dhis2mcp::test::Program;
using dhis2mcp::test::TempHome;

std::string first_line_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// The first address in a line of text.
std::string address_in(const std::optional<std::string>& line) {
  const std::size_t at = line ? line->find("http://127.0.0.1:") : std::string::npos;
  if (at == std::string::npos) throw std::runtime_error("a program did not tell its address");
  return line->substr(at, line->find_first_not_of("0123456789", at + 17) - at);
}

}  // namespace

struct Product::State {
  TempHome home;
  std::unique_ptr<Program> replay, server;
  std::unique_ptr<httplib::Client> client;
  httplib::Headers headers;

  void start(const std::string& upstream, const std::string& pii);
  void add(const std::string& profile, const std::string& upstream, const std::string& pii) const;
  Program::Variables variables() const {
    return {{"DHIS2_MCP_HOME", home.path()}, {"RECORDED_PASSWORD", "district"}};
  }
};

Product::Product(const std::vector<const Exchange*>& exchanges)
    : state_(std::make_unique<State>()) {
  const auto served = state_->home.path() / "served.jsonl";
  std::ofstream out(served);
  for (const Exchange* exchange : exchanges) out << exchange->line << "\n";
  out.close();
  state_->replay = std::make_unique<Program>(BIN_DIR "/dhis2-replay",
                                             std::vector<std::string>{served, "--port", "0"});
  state_->start(address_in(state_->replay->line(std::chrono::seconds(60))), "allow");
}

Product::Product(const std::string& upstream, const std::string& pii)
    : state_(std::make_unique<State>()) {
  state_->start(upstream, pii);
}

void Product::State::add(const std::string& profile, const std::string& upstream,
                         const std::string& pii) const {
  Program program(product_binary(),
                  {"profile", "add", profile, "--no-verify", "--pii", pii, "--basic", "admin",
                   "--url", upstream, "--secret-env", "RECORDED_PASSWORD"},
                  variables());
  const auto added = program.end();
  if (added.status != 0) throw std::runtime_error(added.err);
}

void Product::add_profile(const std::string& name, const std::string& upstream) {
  state_->add(name, upstream, "allow");
}

void Product::State::start(const std::string& upstream, const std::string& pii) {
  add("r", upstream, pii);
  server = std::make_unique<Program>(
      product_binary(), std::vector<std::string>{"http", "--port", "0", "--log-level", "error"},
      variables());
  const std::string address = address_in(server->error_line());
  client = std::make_unique<httplib::Client>(address);
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  client->set_read_timeout(60);
  headers = {{"Authorization", "Bearer " + first_line_of(home.path() / "config" / "http-token")}};
}

Product::~Product() = default;

Json Product::call(const std::string& tool, const Json& arguments) {
  const Json message = {{"jsonrpc", "2.0"},
                        {"id", 1},
                        {"method", "tools/call"},
                        {"params", {{"name", tool}, {"arguments", arguments}}}};
  const auto reply = state_->client->Post(
      "/mcp", state_->headers, message.dump(-1, ' ', false, Json::error_handler_t::replace),
      "application/json");
  if (!reply)
    throw std::runtime_error("no answer from dhis2-mcp: " + httplib::to_string(reply.error()));
  const Json answer = Json::parse(reply->body);
  if (!answer.contains("result")) throw std::runtime_error(reply->body.substr(0, 400));
  return answer["result"];
}

std::vector<std::vector<const Exchange*>> rounds(const std::vector<const Exchange*>& exchanges) {
  std::vector<std::vector<const Exchange*>> parts;
  std::vector<std::set<std::string>> paths;
  for (const Exchange* exchange : exchanges) {
    if (exchange->status == 401) continue;
    std::size_t part = 0;
    while (part < parts.size() && paths[part].contains(exchange->path)) ++part;
    if (part == parts.size()) {
      parts.emplace_back();
      paths.emplace_back();
    }
    parts[part].push_back(exchange);
    paths[part].insert(exchange->path);
  }
  for (const Exchange* exchange : exchanges) {
    if (exchange->status == 401) parts.push_back({exchange});
  }
  return parts;
}

}  // namespace recorded
