// SPDX-License-Identifier: BSD-3-Clause
// dhis2-sandbox: a practice DHIS2 for tests and demonstrations.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "tests/sandbox/server.h"

namespace {

constexpr const char* kUsage =
    "usage: dhis2-sandbox [--port 0] [--version 2.37..2.43] [--context /dhis] [--scale N]\n"
    "                     [--variant "
    "drift|payload|forms|forms-drift|forms-remade|formulas|grants]\n"
    "                     [--fault KIND[:N]] [--fault-path /api/analytics]\n"
    "                     [--clock 2026-11-21T10:00:00] [--port-file F] [--conf NAME=VALUE]\n";

// The lines of dhis.conf that the practice server heeds.
constexpr const char* kConf[] = {"oauth2.server.enabled",
                                 "oauth2.server.jwt.keystore.path",
                                 "oauth2.authorization.server.enabled",
                                 "enable.api_token.authentication",
                                 "http.security.csrf.enabled",
                                 "server.base.url"};

constexpr const char* kVariants[] = {"drift",        "payload",  "forms", "forms-drift",
                                     "forms-remade", "formulas", "grants"};

struct Options {
  sandbox::Settings settings;
  sandbox::Fault fault;
  int port = 0;
  std::string port_file;
};

int major_of(const std::string& version) {
  const int major = std::atoi(version.starts_with("2.") ? version.c_str() + 2 : version.c_str());
  if (major < 37 || major > 43) {
    throw std::invalid_argument("--version takes 2.37 to 2.43, not " + version);
  }
  return major;
}

int number_of(const std::string& name, const std::string& text, int least, int most) {
  size_t end = 0;
  int number = least - 1;
  try {
    number = std::stoi(text, &end);
  } catch (const std::exception&) {
  }
  if (end != text.size() || number < least || number > most) {
    throw std::invalid_argument(name + " takes a number from " + std::to_string(least) + " to " +
                                std::to_string(most) + ", not " + text);
  }
  return number;
}

// "oauth2.server.enabled=off"
void take_conf(const std::string& line, sandbox::Settings& settings) {
  const size_t equals = line.find('=');
  const std::string name = line.substr(0, equals);
  std::string known;
  for (const char* one : kConf) {
    if (name == one && equals != std::string::npos) {
      settings.conf[name] = line.substr(equals + 1);
      return;
    }
    known += std::string(known.empty() ? "" : ", ") + one;
  }
  throw std::invalid_argument("--conf takes NAME=VALUE of " + known + ", not " + line);
}

Options parse(int argc, char** argv) {
  Options options;
  std::string fault_path = options.fault.path;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (i + 1 >= argc) throw std::invalid_argument(name + " needs a value");
    const std::string value = argv[++i];
    if (name == "--port") {
      options.port = number_of(name, value, 0, 65535);
    } else if (name == "--version") {
      options.settings.major = major_of(value);
      if (std::count(value.begin(), value.end(), '.') >= 2) options.settings.release = value;
    } else if (name == "--context") {
      options.settings.context = value == "/" ? "" : value;
    } else if (name == "--scale") {
      options.settings.scale = number_of(name, value, 1, 1000);
    } else if (name == "--variant") {
      if (std::find(std::begin(kVariants), std::end(kVariants), value) == std::end(kVariants)) {
        throw std::invalid_argument(
            "--variant takes drift, payload, forms, forms-drift, forms-remade, formulas or grants, "
            "not " +
            value);
      }
      options.settings.variant = value;
    } else if (name == "--fault") {
      options.fault = sandbox::Fault::parse(value);
    } else if (name == "--fault-path") {
      fault_path = value;
    } else if (name == "--clock") {
      options.settings.clock = value.size() == 10 ? value + "T10:00:00" : value.substr(0, 19);
    } else if (name == "--conf") {
      take_conf(value, options.settings);
    } else if (name == "--port-file") {
      options.port_file = value;
    } else {
      throw std::invalid_argument("unknown option " + name);
    }
  }
  options.fault.path = fault_path;
  return options;
}

}  // namespace

int main(int argc, char** argv) try {
  // Blocked in every thread, waited for in this one.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (argc == 2 && std::string(argv[1]) == "--help") {
    std::cout << kUsage;
    return 0;
  }
  const Options options = parse(argc, argv);
  sandbox::Server server(options.settings, options.port, options.fault);
  server.country().database();  // so that no first question waits for the figures
  std::cout << server.base_url() << std::endl;
  if (!options.port_file.empty()) std::ofstream(options.port_file) << server.port() << "\n";
  int received = 0;
  while (sigwait(&ending, &received) == 0 && received == SIGHUP) server.restart();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "dhis2-sandbox: " << error.what() << "\n" << kUsage;
  return 2;
}
