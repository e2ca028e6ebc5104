// SPDX-License-Identifier: BSD-3-Clause
// The house rules. Each test lists every offender, so that one run shows all there is to mend.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/house/tree.h"

namespace house {
namespace {

using Words = std::vector<std::string>;

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

bool starts_with_any(const std::string& text, const Words& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](const std::string& start) { return starts_with(text, start); });
}

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

std::string place(const File& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1);
}

// Offenders, one a line; a test expects "".
class Offenders {
 public:
  void add(const std::string& offender) { text_ += "  " + offender + "\n"; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Lines whose code matches, in C++ files that start with `among` and with none of `owners`.
Offenders code_that_matches(const std::regex& pattern, const Words& among, const Words& owners) {
  Offenders offenders;
  for (const File& file : tree()) {
    const bool meant = starts_with_any(file.path, among) && !starts_with_any(file.path, owners);
    if (!meant || !file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(code_of(file.lines[i]), pattern)) {
        offenders.add(place(file, i) + ": " + file.lines[i]);
      }
    }
  }
  return offenders;
}

#define EXPECT_NO(offenders) EXPECT_EQ("", (offenders).text())

// Which rooms a room may include, itself among them. `schemas` is generated code for tools alone.
const std::map<std::string, std::set<std::string>>& arrows() {
  static const std::map<std::string, std::set<std::string>> rooms = {
      {"dhis2", {"dhis2"}},
      {"auth", {"dhis2", "auth"}},
      {"tools", {"dhis2", "auth", "tools", "schemas"}},
      {"schemas", {"tools", "schemas"}},
      {"server", {"dhis2", "auth", "tools", "server"}}};
  return rooms;
}

// A package is included by few files. Paths are beginnings; tests of a room count with the room.
struct Package {
  std::string name;
  Words headers;
  Words users;
};

const std::vector<Package>& packages() {
  static const std::vector<Package> table = {
      {"cpp-httplib", {"httplib.h"}, {"dhis2/http.cpp", "auth/loopback.cpp", "tests/"}},
      {"Boost", {"boost/"}, {"server/http", "server/proxy"}},
      {"SQLiteCpp",
       {"SQLiteCpp/", "sqlite3.h"},
       {"auth/token_store", "tools/name_index", "tests/auth/", "tests/tools/", "tests/sandbox/",
        "tests/bench/"}},
      {"OpenSSL",
       {"openssl/"},
       {"auth/", "dhis2/http.cpp", "tests/auth/", "tests/dhis2/", "tests/sandbox/",
        "tests/support/"}},
      {"zlib", {"zlib.h"}, {"dhis2/inflate.cpp", "tests/"}},
      {"libxlsxwriter", {"xlsxwriter"}, {"tools/xlsx_form.cpp"}},
      {"spdlog", {"spdlog/", "fmt/"}, {"server/log.cpp"}},
      {"CLI11", {"CLI/"}, {"server/"}},
      {"GoogleTest", {"gtest/", "gmock/"}, {"tests/"}},
      {"nlohmann/json", {"nlohmann/"}, {"dhis2/", "auth/", "tools/", "server/", "tests/"}},
  };
  return table;
}

// What of the system may be included anywhere.
const Words kSystem = {"sys/", "netinet/", "arpa/", "net/", "linux/"};

TEST(House, IncludesGoOneWay) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.is_cpp()) continue;
    const std::string folder = first_folder(file.path);
    const auto room = arrows().find(folder);
    for (const Include& include : includes_of(file)) {
      if (!include.quoted) continue;
      const std::string target = first_folder(include.name);
      const bool known = target == "tests" || arrows().count(target) == 1;
      const bool allowed = room == arrows().end() ? known : room->second.count(target) == 1;
      if (!allowed) offenders.add(file.path + " includes " + include.name);
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, TestsOfARoomSeeNoLaterRoom) {
  Offenders offenders;
  for (const auto& [room, seen] : arrows()) {
    for (const File& file : tree()) {
      if (!file.below("tests/" + room + "/")) continue;
      for (const Include& include : includes_of(file)) {
        const std::string target = first_folder(include.name);
        if (include.quoted && arrows().count(target) == 1 && seen.count(target) == 0) {
          offenders.add(file.path + " includes " + include.name);
        }
      }
    }
  }
  EXPECT_NO(offenders);
}

// Whoever has the anonymous client can send unsigned: tools and server must not.
TEST(House, OnlyDhis2AndAuthTouchTheWire) {
  const std::set<std::string> wire = {"dhis2/http.h", "dhis2/client.h", "dhis2/inflate.h",
                                      "dhis2/probe.h"};
  const Words users = {"dhis2/", "auth/", "tests/dhis2/", "tests/auth/"};
  Offenders offenders;
  for (const File& file : tree()) {
    if (starts_with_any(file.path, users)) continue;
    for (const Include& include : includes_of(file)) {
      if (wire.count(include.name) == 1) offenders.add(file.path + " includes " + include.name);
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, OnlyAuthLinksTheWire) {
  const Words users = {"dhis2/", "auth/", "tests/dhis2/", "tests/auth/", "tests/house/"};
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.ends_with("CMakeLists.txt") || starts_with_any(file.path, users)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].find("dhis2_wire") != std::string::npos) offenders.add(place(file, i));
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, EachPackageStaysInItsFewFiles) {
  Offenders offenders;
  for (const File& file : tree()) {
    for (const Include& include : includes_of(file)) {
      for (const Package& package : packages()) {
        const bool uses = starts_with_any(include.name, package.headers);
        if (uses && !starts_with_any(file.path, package.users)) {
          offenders.add(file.path + " includes " + include.name);
        }
      }
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, NoPackageComesInUnlisted) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.is_cpp()) continue;
    for (const Include& include : includes_of(file)) {
      if (include.quoted || include.name.find('/') == std::string::npos) continue;
      bool listed = starts_with_any(include.name, kSystem);
      for (const Package& package : packages()) {
        listed = listed || starts_with_any(include.name, package.headers);
      }
      if (!listed) offenders.add(file.path + " includes " + include.name);
    }
  }
  EXPECT_NO(offenders);
}

// Headers that two sources of one part share and nobody else may see.
const std::map<std::string, std::set<std::string>>& inner_headers() {
  static const std::map<std::string, std::set<std::string>> table = {
      {"server/http_connection.h", {"server/http_connection.cpp", "server/http_transport.cpp"}},
      {"server/http_peer.h",
       {"server/http_peer.cpp", "server/http_connection.cpp", "server/proxy_connection.cpp"}},
      {"server/proxy_connection.h", {"server/proxy_connection.cpp", "server/proxy_server.cpp"}}};
  return table;
}

TEST(House, InnerHeadersStayInside) {
  Offenders offenders;
  for (const File& file : tree()) {
    for (const Include& include : includes_of(file)) {
      const auto inner = inner_headers().find(include.name);
      if (inner != inner_headers().end() && inner->second.count(file.path) == 0) {
        offenders.add(file.path + " includes " + include.name);
      }
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, HeadersOfTheRoomsShowNoPackageButJson) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.ends_with(".h") || arrows().count(first_folder(file.path)) == 0) continue;
    if (inner_headers().count(file.path) == 1) continue;
    for (const Include& include : includes_of(file)) {
      for (const Package& package : packages()) {
        if (package.name != "nlohmann/json" && starts_with_any(include.name, package.headers)) {
          offenders.add(file.path + " includes " + include.name);
        }
      }
    }
  }
  EXPECT_NO(offenders);
}

// A fake that shared the product's query builder would agree with each of its mistakes.
TEST(House, PracticeServersShareNothingWithTheRooms) {
  // A word before a dot is a source file of the practice server's own.
  const std::regex linked(R"(\b(dhis2_facts|dhis2_wire|auth|tools|server|schemas)\b(?!\.))");
  Offenders offenders;
  for (const std::string folder : {"tests/sandbox/", "tests/replay/"}) {
    for (const File& file : tree()) {
      if (!file.below(folder)) continue;
      for (const Include& include : includes_of(file)) {
        if (include.quoted && !starts_with(include.name, folder)) {
          offenders.add(file.path + " includes " + include.name);
        }
      }
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string& line = file.lines[i];
        if (file.is_cpp() && code_of(line).find("dhis2mcp::") != std::string::npos) {
          offenders.add(place(file, i) + " names dhis2mcp::");
        }
        const std::string rule = line.substr(0, line.find('#'));
        if (file.ends_with("CMakeLists.txt") && std::regex_search(rule, linked)) {
          offenders.add(place(file, i) + " names a room's library");
        }
      }
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, EverySourceBeginsWithItsLicence) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.is_source()) continue;
    const std::size_t at = !file.lines.empty() && starts_with(file.lines[0], "#!") ? 1 : 0;
    const std::string line = at < file.lines.size() ? file.lines[at] : "";
    if (line != "// SPDX-License-Identifier: BSD-3-Clause" &&
        line != "# SPDX-License-Identifier: BSD-3-Clause") {
      offenders.add(file.path);
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, EveryCppFileThenSaysWhatItIsFor) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.is_cpp()) continue;
    const bool says = file.lines.size() > 1 && starts_with(file.lines[1], "// ");
    const bool once = !file.ends_with(".h") || std::find(file.lines.begin(), file.lines.end(),
                                                         "#pragma once") != file.lines.end();
    if (!says || !once) offenders.add(file.path);
  }
  EXPECT_NO(offenders);
}

TEST(House, SourcesAreAscii) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.is_source()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const bool ascii = std::all_of(file.lines[i].begin(), file.lines[i].end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x7F && (c >= ' ' || c == '\t');
      });
      if (!ascii) offenders.add(place(file, i));
    }
  }
  EXPECT_NO(offenders);
}

TEST(House, SourcesAreShort) {
  Offenders offenders;
  for (const File& file : tree()) {
    if (file.is_source() && file.lines.size() > 500) {
      offenders.add(file.path + " has " + std::to_string(file.lines.size()) + " lines");
    }
  }
  EXPECT_NO(offenders);
}

// On stdio a stray byte on fd 1 breaks the protocol, so few files may name it.
TEST(House, StdoutIsWrittenByTheFewThatOwnIt) {
  const Words owners = {"server/stdio_transport", "server/console", "server/process.cpp"};
  const std::regex writes(R"(\b(std::cout|printf|puts|putchar|putc|stdout|STDOUT_FILENO)\b)");
  Words rooms;
  for (const auto& [room, seen] : arrows()) rooms.push_back(room + "/");
  EXPECT_NO(code_that_matches(writes, rooms, owners));
}

// A test waits for what it needs. Servers that are slow on demand and measurements are no tests.
TEST(House, TestsDoNotSleep) {
  const Words sleepers = {"tests/auth/fake_libsecret.cpp", "tests/bench/", "tests/conformance/",
                          "tests/sandbox/faults.cpp", "tests/sandbox/oauth_faults.cpp"};
  const std::regex sleeps(R"(\b(sleep_for|sleep_until|sleep|usleep|nanosleep)\()");
  EXPECT_NO(code_that_matches(sleeps, {"tests/"}, sleepers));
}

// After a fork in a process with threads, a child that takes a lock may wait for it for ever.
TEST(House, ProgramsAreStartedWithoutAFork) {
  const std::regex forks(R"(\bv?fork\()");
  EXPECT_NO(code_that_matches(forks, {""}, {"tests/auth/processes.h"}));
}

TEST(House, NoFileHasANameThatSaysNothing) {
  const std::regex empty_name(R"((^|_)(utils?|helpers?|manager|impl|common|misc|stuff)(_|\.))");
  Offenders offenders;
  for (const File& file : tree()) {
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    if (file.is_cpp() && std::regex_search(name, empty_name)) offenders.add(file.path);
  }
  EXPECT_NO(offenders);
}

TEST(House, NothingIsLeftForLater) {
  const std::regex marks(R"(\b(TODO|FIXME|XXX|HACK|WIP)\b)");
  Offenders offenders;
  for (const File& file : tree()) {
    if (!file.is_source() || file.below("tests/house/")) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(file.lines[i], marks)) offenders.add(place(file, i));
    }
  }
  EXPECT_NO(offenders);
}

// Addresses in sources and lock files name this machine, a reserved example domain, a bare test
// host, or one of the few places that are meant. A package's download address is never one: mirrors
// come from the machine's own configuration. Tests of URLs may invent what they like.
TEST(House, EveryAddressIsMeant) {
  const std::regex address(R"(https?://(\[[0-9a-fA-F:.]*\]|[A-Za-z0-9._-]*[A-Za-z0-9]))");
  const std::regex harmless(R"(^(\[.*|[0-9.]+|[^.]+|.*\.(example|test|invalid|localhost))$|)"
                            R"((^|\.)(example\.(org|com|net)|dhis2\.org)$)",
                            std::regex::icase);
  const std::set<std::string> meant = {
      "github.com", "json-schema.org", "modelcontextprotocol.io", "schemas.openxmlformats.org",
      "static.modelcontextprotocol.io", "www.w3.org",
      // Named in the errors of DHIS2's authorization servers.
      "datatracker.ietf.org", "openid.net", "tools.ietf.org", "www.google.com"};
  Offenders offenders;
  for (const File& file : tree()) {
    if (file.ends_with("_test.cpp")) continue;
    const bool locks = file.ends_with("package-lock.json");
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (locks) {
        // Authors' own pages may stand there; where a package is downloaded from may not.
        if (line.find("\"resolved\"") != std::string::npos) offenders.add(place(file, i));
        continue;
      }
      for (std::sregex_iterator at(line.begin(), line.end(), address), end; at != end; ++at) {
        const std::string host = (*at)[1].str();
        if (!std::regex_search(host, harmless) && meant.count(host) == 0) {
          offenders.add(place(file, i) + " names " + host);
        }
      }
    }
  }
  EXPECT_NO(offenders);
}

// The rules above see nothing if the walk finds nothing.
TEST(House, TheWalkSeesTheTree) {
  const auto has = [](const char* path) {
    return std::any_of(tree().begin(), tree().end(),
                       [&](const File& file) { return file.path == path; });
  };
  EXPECT_TRUE(has("CMakeLists.txt"));
  EXPECT_TRUE(has("dhis2/url.h"));
  EXPECT_TRUE(has("tests/house/house_test.cpp"));
  EXPECT_TRUE(has("tests/run"));
}

TEST(House, CodeIsToldFromProse) {
  EXPECT_EQ(code_of("x(\"// printf\");  // puts"), "x(\"\");  ");
  EXPECT_EQ(code_of("int n = 1'000'000; // '"), "int n = 1'000'000; ");
  EXPECT_EQ(code_of(R"(c = '"'; d = "a\"b";)"), R"(c = ''; d = "";)");
}

}  // namespace
}  // namespace house
