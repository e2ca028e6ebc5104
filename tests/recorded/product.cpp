// SPDX-License-Identifier: BSD-3-Clause
// Starts the replayed server and the product, and speaks to it as a person with curl would.
#include "tests/recorded/product.h"

#include <fcntl.h>
#include <httplib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <stdexcept>

namespace recorded {
namespace {

// A child process whose one output is read to its first line.
class Child {
 public:
  Child(std::vector<std::string> words, int output_fd) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], output_fd);
      std::vector<char*> argv;
      for (auto& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~Child() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    close(output_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::string first_line() const {
    std::string line;
    for (char c = 0; read(output_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

std::string first_line_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::filesystem::path temporary_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "recorded-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return name;
}

}  // namespace

struct Product::State {
  std::filesystem::path home = temporary_folder();
  std::unique_ptr<Child> replay, server;
  std::unique_ptr<httplib::Client> client;
  httplib::Headers headers;

  ~State() {
    server.reset();
    replay.reset();
    std::filesystem::remove_all(home);
  }
};

Product::Product(const std::vector<const Exchange*>& exchanges)
    : state_(std::make_unique<State>()) {
  const auto served = state_->home / "served.jsonl";
  std::ofstream out(served);
  for (const Exchange* exchange : exchanges) out << exchange->line << "\n";
  out.close();
  state_->replay = std::make_unique<Child>(
      std::vector<std::string>{BIN_DIR "/dhis2-replay", served, "--port", "0"}, STDOUT_FILENO);
  const std::string upstream = state_->replay->first_line();
  if (upstream.empty()) throw std::runtime_error("dhis2-replay did not start");

  const auto config = state_->home / "config";
  std::filesystem::create_directories(config);
  std::filesystem::permissions(config, std::filesystem::perms::owner_all);
  setenv("DHIS2_MCP_HOME", state_->home.c_str(), 1);
  setenv("RECORDED_PASSWORD", "district", 1);
  const std::string add = BIN_DIR
                          "/dhis2-mcp profile add r --no-verify --pii allow --basic admin --url " +
                          upstream + " --secret-env RECORDED_PASSWORD >/dev/null 2>&1";
  if (std::system(add.c_str()) != 0) throw std::runtime_error("profile add failed");
  state_->server = std::make_unique<Child>(
      std::vector<std::string>{BIN_DIR "/dhis2-mcp", "http", "--port", "0", "--log-level", "error"},
      STDERR_FILENO);
  const std::string line = state_->server->first_line();
  const auto at = line.find("http://127.0.0.1:");
  if (at == std::string::npos)
    throw std::runtime_error("dhis2-mcp http did not say its URL: " + line);
  const int port = std::stoi(line.substr(at + 17));
  state_->client = std::make_unique<httplib::Client>("127.0.0.1", port);
  state_->client->set_keep_alive(true);
  state_->client->set_tcp_nodelay(true);
  state_->client->set_read_timeout(60);
  state_->headers = {{"Authorization", "Bearer " + first_line_of(config / "http-token")}};
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
