// SPDX-License-Identifier: BSD-3-Clause
// What finding a name among 100,000 costs: `names CALLS COMMAND...`. Plays a DHIS2 that holds the
// names, waits until the command has indexed them, and then asks it (metadata_find) and a bare
// FTS5 table of the same names in turns. For each kind of question it prints a line:
//   bare p50 p99, ranked p50 p99, call p50 p99, in us
// bare: the first 50 rows that match; ranked: the 50 best by bm25.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/bench/server.h"

namespace {

using bench::give_up;

constexpr std::size_t kNames = 100'000;

struct Name {
  std::string uid, text;
};

// Words of health programmes, few of which make most of the names, and names of places, each rare.
class Words {
 public:
  std::string name(std::size_t number) {
    static const char* const kCommon[] = {
        "ANC",    "visit",    "malaria",  "cases",    "under",  "deaths", "treated", "doses",
        "given",  "children", "women",    "health",   "centre", "clinic", "measles", "OPV",
        "weight", "stock",    "delivery", "referred", "new",    "total",  "HIV",     "tested"};
    std::string out;
    const std::size_t words = 3 + random_() % 3;
    for (std::size_t i = 0; i < words; ++i) {
      const bool common = random_() % 2 == 0;
      out += (i == 0 ? "" : " ") + (common ? kCommon[random_() % std::size(kCommon)] : place());
    }
    return out + " " + std::to_string(number % 97);
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  std::string place() {
    static const char* const kSyllables[] = {"ba", "do", "ke", "ma", "lu", "ti", "so",  "wa",
                                             "ra", "go", "ni", "fe", "yo", "ka", "mbe", "ndi"};
    std::size_t which = random_() % (1 + random_() % 3'000);
    std::string out;
    for (int i = 0; i < 4; ++i, which /= std::size(kSyllables)) {
      out += kSyllables[which % std::size(kSyllables)];
    }
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
  }

  std::mt19937 random_{20261121};
};

// 40 % org units, 30 % data elements, the rest indicators and category options.
std::map<std::string, std::vector<Name>> made_names(Words& words) {
  std::map<std::string, std::vector<Name>> out;
  std::set<std::string> told;
  for (std::size_t number = 0; number < kNames;) {
    std::string text = words.name(number);
    if (!told.insert(text).second) continue;
    const std::size_t part = number % 10;
    const char* type = part < 4   ? "organisationUnits"
                       : part < 7 ? "dataElements"
                       : part < 9 ? "indicators"
                                  : "categoryOptions";
    std::string digits = std::to_string(number);
    out[type].push_back({"u" + std::string(10 - digits.size(), '0') + digits, std::move(text)});
    ++number;
  }
  return out;
}

// The few paths that the command asks; each connection has a thread.
class Upstream {
 public:
  explicit Upstream(const std::map<std::string, std::vector<Name>>& names) : names_(names) {
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listening_, 64) != 0 ||
        getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      give_up("no port");
    }
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    std::thread([this] {
      for (int fd = accept(listening_, nullptr, nullptr); fd >= 0;
           fd = accept(listening_, nullptr, nullptr)) {
        std::thread([this, fd] { serve(fd); }).detach();
      }
    }).detach();
  }

  const std::string& url() const { return url_; }

 private:
  void serve(int fd) const {
    std::string got;
    char piece[8192];
    for (ssize_t count; (count = read(fd, piece, sizeof piece)) > 0;) {
      got.append(piece, static_cast<std::size_t>(count));
      for (std::size_t end; (end = got.find("\r\n\r\n")) != std::string::npos;) {
        const std::size_t from = got.find(' ') + 1;
        const std::string body = answer(got.substr(from, got.find(' ', from) - from));
        got.erase(0, end + 4);
        const std::string head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            "Content-Length: " +
            std::to_string(body.size()) + "\r\n\r\n";
        send_all(fd, head + body);
      }
    }
    close(fd);
  }

  static void send_all(int fd, const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t count = write(fd, text.data() + at, text.size() - at);
      if (count <= 0) return;
      at += static_cast<std::size_t>(count);
    }
  }

  static std::size_t number(const std::string& target, const std::string& name, std::size_t other) {
    const std::size_t at = target.find(name + "=");
    return at == std::string::npos ? other : std::stoul(target.substr(at + name.size() + 1));
  }

  std::string answer(const std::string& target) const {
    const std::string path = target.substr(0, target.find('?'));
    if (path == "/api/me") return R"({"id":"M5zQapPyTZI","username":"bench"})";
    if (path == "/api/system/info") return R"({"version":"2.42.1","calendar":"iso8601"})";
    const std::string member = path.substr(path.rfind('/') + 1);
    static const std::vector<Name> kNone;
    const auto found = names_.find(member);
    const bool changes = target.find("filter=") != std::string::npos;
    const std::vector<Name>& all = found == names_.end() || changes ? kNone : found->second;
    const std::size_t page = number(target, "&page", 1), size = number(target, "pageSize", 50);
    const std::size_t pages = (all.size() + size - 1) / size;
    std::string out = R"({"pager":{"page":)" + std::to_string(page) + R"(,"pageCount":)" +
                      std::to_string(pages) + R"(,"total":)" + std::to_string(all.size()) +
                      R"(,"pageSize":)" + std::to_string(size) + R"(},")" + member + R"(":[)";
    for (std::size_t i = (page - 1) * size; i < std::min(page * size, all.size()); ++i) {
      if (out.back() != '[') out += ',';
      out += R"({"id":")" + all[i].uid + R"(","name":")" + all[i].text + R"(","displayName":")" +
             all[i].text + R"(","lastUpdated":"2026-11-01T00:00:00.000","translations":[]})";
    }
    return out + "]}";
  }

  const std::map<std::string, std::vector<Name>>& names_;
  int listening_ = -1;
  std::string url_;
};

// FTS5 as its documentation begins: one table, the uid beside the name.
class Bare {
 public:
  explicit Bare(const std::map<std::string, std::vector<Name>>& names) {
    run("CREATE VIRTUAL TABLE names USING fts5(name, uid UNINDEXED)");
    run("BEGIN");
    sqlite3_stmt* insert = prepared("INSERT INTO names VALUES (?, ?)");
    for (const auto& [type, all] : names) {
      for (const Name& one : all) {
        sqlite3_bind_text(insert, 1, one.text.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(insert, 2, one.uid.c_str(), -1, SQLITE_TRANSIENT);
        if (sqlite3_step(insert) != SQLITE_DONE) give_up(sqlite3_errmsg(database_));
        sqlite3_reset(insert);
      }
    }
    sqlite3_finalize(insert);
    run("COMMIT");
    run("INSERT INTO names (names) VALUES ('optimize')");
    first_ = prepared("SELECT uid, name FROM names WHERE names MATCH ? LIMIT 50");
    best_ = prepared("SELECT uid, name FROM names WHERE names MATCH ? ORDER BY rank LIMIT 50");
  }

  // How long it took, in us. `ranked`: by bm25.
  double ask(const std::string& query, bool ranked) const {
    sqlite3_stmt* statement = ranked ? best_ : first_;
    const double start = bench::microseconds();
    sqlite3_bind_text(statement, 1, query.c_str(), -1, SQLITE_STATIC);
    std::size_t rows = 0, bytes = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      ++rows;
      bytes += static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)) +
               static_cast<std::size_t>(sqlite3_column_bytes(statement, 1));
    }
    sqlite3_reset(statement);
    const double took = bench::microseconds() - start;
    if (rows == 0 || bytes == 0) give_up("the bare table does not have " + query);
    return took;
  }

 private:
  void run(const char* sql) const {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      give_up(sqlite3_errmsg(database_));
    }
  }
  sqlite3_stmt* prepared(const char* sql) const {
    sqlite3_stmt* out = nullptr;
    if (sqlite3_prepare_v2(database_, sql, -1, &out, nullptr) != SQLITE_OK) {
      give_up(sqlite3_errmsg(database_));
    }
    return out;
  }
  static sqlite3* opened() {
    const std::string file = std::string(std::getenv("DHIS2_MCP_HOME")) + "/bare.db";
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) give_up("cannot open " + file);
    return database;
  }

  sqlite3* database_ = opened();
  sqlite3_stmt *first_ = nullptr, *best_ = nullptr;
};

std::string asked(int id, const std::string& query) {
  return bench::request(true, std::to_string(id), "tools/call",
                        R"("name":"metadata_find","arguments":{"query":")" + query + R"("},)");
}

// Until the totals say that all names are there, and the server is not asked for them.
void wait_for_index(bench::Server& server, const Name& one) {
  for (int tries = 0; tries < 600; ++tries) {
    server.send(asked(1, one.text));
    const std::string answer = server.line();
    if (answer.find(one.uid) != std::string::npos &&
        answer.find("isError\":true") == std::string::npos) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  give_up("the names were not indexed in five minutes");
}

std::string words_query(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "\"" : " \"") + word + "\"";
  return out;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ' ') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

struct Times {
  std::vector<double> bare, ranked, call;
};

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2 || std::getenv("DHIS2_MCP_HOME") == nullptr) {
    give_up("usage: DHIS2_MCP_HOME=FOLDER names CALLS COMMAND...");
  }
  Words words;
  const auto names = made_names(words);
  const Upstream upstream(names);
  const Bare bare(names);
  setenv("DHIS2_URL", upstream.url().c_str(), 1);
  setenv("DHIS2_PAT", "d2pat_0000000000000000000000000000000000000000000", 1);
  bench::Server server({arguments.begin() + 1, arguments.end()});
  wait_for_index(server, names.at("organisationUnits").back());

  std::map<std::string, Times> kinds;
  const int calls = std::stoi(arguments[0]);
  for (int i = 0; i < calls; ++i) {
    auto type = names.begin();
    std::advance(type, words.below(names.size()));
    const Name& one = type->second[words.below(type->second.size())];
    std::vector<std::string> whole = words_of(one.text), two = whole;
    two.erase(two.begin());
    two.resize(2);
    for (const auto& [kind, texts] :
         {std::pair("1 whole name", whole), std::pair("2 two words", two)}) {
      Times& times = kinds[kind];
      const std::string query = words_query(texts);
      times.bare.push_back(bare.ask(query, false));
      times.ranked.push_back(bare.ask(query, true));
      std::string text;
      for (const std::string& word : texts) text += (text.empty() ? "" : " ") + word;
      const double start = bench::microseconds();
      server.send(asked(2, text));
      const std::string answer = server.line();
      times.call.push_back(bench::microseconds() - start);
      const bool whole_name = texts.size() > 2;
      if (answer.find(whole_name ? one.uid : "\"rows\"") == std::string::npos) give_up(answer);
    }
  }
  for (const auto& [kind, times] : kinds) {
    for (const auto* one : {&times.bare, &times.ranked, &times.call}) {
      std::printf("%.0f %.0f ", bench::percentile(*one, 0.5), bench::percentile(*one, 0.99));
    }
    std::printf("\n");
  }
}
