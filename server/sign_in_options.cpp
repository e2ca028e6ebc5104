// SPDX-License-Identifier: BSD-3-Clause
// Options only; what they mean together is judged by the commands.
#include "server/sign_in_options.h"

#include <cstdlib>

#include <CLI/CLI.hpp>

namespace dhis2mcp {

namespace {

void secret_options(CLI::App& command, SecretSource& source, const std::string& prefix,
                    const std::string& what) {
  CLI::Option_group& group = *command.add_option_group(what);
  group.add_option("--" + prefix + "secret-file", source.file, "Read the secret from a file");
  // At once: the profile of the environment takes its own variables away.
  group.add_option_function<std::string>(
      "--" + prefix + "secret-env",
      [&source](const std::string& name) {
        source.variable = name;
        const char* value = std::getenv(name.c_str());
        if (value != nullptr) source.value = Secret(value);
      },
      "Read it from a variable");
  group.add_flag("--" + prefix + "secret-stdin", source.from_stdin, "Read it from stdin");
  group.require_option(0, 1);
}

void client_options(CLI::App& command, ProfileRequest& request) {
  command.add_option("--client-id", request.client_id, "OAuth2 client registered at the server");
  command
      .add_option("--client-auth", request.client_auth,
                  "How it proves itself; by default a key, else a secret by basic, else none")
      ->check(CLI::IsMember({"basic", "post", "none", "private-key-jwt"}));
  command.add_option("--client-key-file", request.client_key_file,
                     "Its private key in PEM, mode 600");
  command.add_flag("--register", request.register_client,
                   "Register a client of its own (2.42.5 and newer)");
  command.add_option("--initial-token-file", request.initial_token_file,
                     "Initial access token for --register");
  command.add_option("--scope", request.scope, "Scopes; by default those that the server needs");
  command
      .add_option("--redirect-port", request.redirect_port, "Port of the registered redirect URI")
      ->check(CLI::Range(1, 65535));
  command.add_option("--password-grant", request.password_grant_user,
                     "User name; sign in to a legacy server with a password");
}

void target_options(CLI::App& command, SecretTarget& target) {
  command.add_option("--as", target.as_profile, "Make a profile of this name that uses it");
  command.add_option("--out", target.file, "Write the secret to a new file of mode 600");
}

}  // namespace

void json_flag(CLI::App& command, CommandLine& line) {
  command.add_flag("--json", line.json, "Print JSON on one line");
}

void profile_name(CLI::App& command, CommandLine& line) {
  command.add_option("name", line.profile.name, "Name of the profile")->required();
}

void profile_name_and_json(CLI::App& command, CommandLine& line) {
  profile_name(command, line);
  json_flag(command, line);
}

void define_profile_add(CLI::App& command, CommandLine& line) {
  ProfileRequest& request = line.profile;
  profile_name(command, line);
  command.add_option("--url", request.url, "Address of the instance")->required();
  CLI::Option_group& method = *command.add_option_group("METHOD");
  method.add_option("--basic", request.basic_user, "User name; signs in with a password");
  method.add_flag("--pat", request.pat, "Sign in with a personal access token");
  method.add_flag("--oauth2", request.oauth2, "Log in with a browser (DHIS2 2.42 and newer)");
  method.add_flag("--legacy-oauth2", request.legacy_oauth2, "The same up to DHIS2 2.41");
  method.require_option(1);
  secret_options(command, request.secret, "", "SECRET");
  secret_options(command, request.client_secret, "client-", "CLIENT SECRET");
  client_options(command, request);
  command.add_option("--referer", request.referer, "Referer header that a token is limited to");
  command.add_option("--ca-file", request.ca_file, "PEM certificates to trust as well");
  command.add_flag("--insecure-http", request.insecure_http, "Let a token travel over plain http");
  command.add_option("--write", request.write, "Whether tools may write")
      ->check(CLI::IsMember({"off", "confirm"}))
      ->default_str("off");
  command.add_flag("--protected", request.is_protected, "Ask more before anything changes");
  command.add_option("--pii", request.pii, "Attributes of persons")
      ->check(CLI::IsMember({"mask", "allow"}))
      ->default_str("mask");
  command.add_flag("--default", request.make_default, "Use it where no profile is named");
  command.add_flag("--no-verify", request.no_verify, "Save without asking the server");
}

void define_profile_login(CLI::App& command, CommandLine& line) {
  profile_name(command, line);
  command.add_flag("--browser", line.login.browser, "Open the address in a browser");
  command.add_flag("--paste", line.login.paste,
                   "Read the address that the browser ends at from stdin (login over SSH)");
  command.add_option("--timeout", line.login.timeout, "Seconds to wait")->capture_default_str();
}

void define_doctor(CLI::App& command, CommandLine& line) {
  command.add_option("name", line.profile.name, "Name of the profile");
  command.add_option("--message", line.message,
                     "An error that was seen elsewhere, to be explained");
  json_flag(command, line);
}

void define_pat_create(CLI::App& command, CommandLine& line) {
  PatRequest& request = line.pat;
  command.add_option("--context", request.context, "Who will use it")
      ->check(CLI::IsMember({"script", "browser"}))
      ->capture_default_str();
  command.add_option("--days", request.days, "Days until it expires")->capture_default_str();
  command.add_option("--expires", request.expires, "Last day, as 2027-01-31, instead of --days");
  command.add_option("--methods", request.methods, "HTTP methods, by default GET,HEAD")
      ->delimiter(',');
  command.add_flag("--allow-write", request.allow_write, "Allow methods that change data");
  command.add_option("--ip", request.ips, "Address that may use it; repeat for more");
  command.add_option("--referrer", request.referrers, "Origin that may use it; repeat for more");
  command.add_option("--code", request.code, "A code to know it by");
  target_options(command, request.target);
  json_flag(command, line);
}

void define_pat_revoke(CLI::App& command, CommandLine& line) {
  command.add_option("id", line.pat.uid, "Id of the token, see pat list")->required();
}

void define_client_create(CLI::App& command, CommandLine& line) {
  ClientRequest& request = line.client;
  command.add_option("--client-id", request.client_id, "How the client names itself")->required();
  command.add_option("--name", request.name, "Its name for people; by default the same");
  command.add_option("--redirect-uri", request.redirect_uris,
                     "Where logins end; repeat for more. By default where ours do");
  command.add_option("--redirect-port", request.redirect_port, "Port of our redirect URI")
      ->check(CLI::Range(1, 65535));
  command.add_flag("--public", request.is_public,
                   "Without a secret: it gets no refresh tokens (2.42 and newer)");
  target_options(command, request.target);
  json_flag(command, line);
}

void define_client_show(CLI::App& command, CommandLine& line) {
  command.add_option("client", line.client.which, "Id, client id or name")->required();
  json_flag(command, line);
}

}  // namespace dhis2mcp
