// SPDX-License-Identifier: BSD-3-Clause
// Which recording answers which request.
#include "tests/replay/tape.h"

#include <gtest/gtest.h>

namespace replay {
namespace {

Recording recorded(const std::string& path, const std::string& body, const std::string& caller = "",
                   int status = 200) {
  Recording recording;
  recording.method = "GET";
  recording.sent = path;
  recording.target = read_target(path);
  recording.version = "2.40.12";
  recording.caller = caller;
  recording.knows_caller = true;
  recording.status = status;
  recording.body = body;
  return recording;
}

Asked asked(const std::string& target, const std::string& authorization = "") {
  Asked ask;
  ask.method = "GET";
  ask.target = target;
  ask.authorization = authorization;
  return ask;
}

constexpr const char* kAdmin = "Basic YWRtaW46ZGlzdHJpY3Q=";    // admin:district
constexpr const char* kAnalyst = "Basic YW5hbHlzdGU6c2VjcmV0";  // analyste:secret

TEST(Tape, GivesRepeatedAnswersInOrderAndThenTheLast) {
  Tape tape({recorded("/api/x", "1"), recorded("/api/y", "other"), recorded("/api/x", "2")});

  EXPECT_EQ(tape.answer(asked("/api/x")).body, "1");
  EXPECT_EQ(tape.answer(asked("/api/x")).body, "2");
  EXPECT_EQ(tape.answer(asked("/api/x")).body, "2");
}

TEST(Tape, AnswersEachCallerWithTheirOwnRecording) {
  Tape tape({recorded("/api/me", "nobody", "", 401), recorded("/api/me", "admin", "Basic <admin>"),
             recorded("/api/me", "analyste", "Basic <analyste>"),
             recorded("/api/me", "refused", "ApiToken <expired>", 401),
             recorded("/api/me", "token", "ApiToken <valid>")});

  EXPECT_EQ(tape.answer(asked("/api/me")).body, "nobody");
  EXPECT_EQ(tape.answer(asked("/api/me", kAdmin)).body, "admin");
  EXPECT_EQ(tape.answer(asked("/api/me", kAnalyst)).body, "analyste");
  EXPECT_EQ(tape.answer(asked("/api/me", "ApiToken d2pat_x")).body, "token");
  Asked with_session = asked("/api/me");
  with_session.has_cookie = true;
  EXPECT_EQ(tape.answer(with_session).body, "admin");
}

TEST(Tape, LetsTheAdministratorStandInAndSaysSo) {
  Tape tape({recorded("/api/x", "saisie", "Basic <saisie.dombea>"),
             recorded("/api/x", "admin", "Basic <admin>")});

  const Answer answer = tape.answer(asked("/api/x", kAnalyst));

  EXPECT_EQ(answer.body, "admin");
  EXPECT_EQ(answer.how, "other-user");
}

TEST(Tape, ServesRecorderWithoutCallersToAnyone) {
  Recording flat = recorded("/api/40/x", "flat");
  flat.knows_caller = false;
  Tape tape({flat});

  EXPECT_EQ(tape.answer(asked("/api/x", kAnalyst)).how, "exact");
  EXPECT_EQ(tape.answer(asked("/api/40/x")).body, "flat");
}

TEST(Tape, PrefersTheSameVersionNumberAndTheSameAccept) {
  Recording csv = recorded("/api/x", "csv");
  csv.accept = "text/csv";
  Tape tape({recorded("/api/40/x", "forty"), csv, recorded("/api/x", "json")});
  Asked json = asked("/api/x");
  json.accept = "application/json";
  Asked text = asked("/api/x");
  text.accept = "text/csv";

  EXPECT_EQ(tape.answer(json).body, "json");
  EXPECT_EQ(tape.answer(text).body, "csv");
  EXPECT_EQ(tape.answer(asked("/api/40/x")).body, "forty");
}

TEST(Tape, PrefersARequestThatWasRecordedWithoutOddHeaders) {
  Recording odd = recorded("/api/x", "400", "", 400);
  odd.plain = false;
  Tape tape({odd, recorded("/api/x", "good")});

  EXPECT_EQ(tape.answer(asked("/api/x")).body, "good");
}

TEST(Tape, AnswersHeadFromGetUnlessHeadWasRecorded) {
  Recording head = recorded("/api/x", "", "", 405);
  head.method = "HEAD";
  Tape tape({recorded("/api/x", "body"), head, recorded("/api/y", "body")});
  Asked ask = asked("/api/x");
  ask.method = "HEAD";

  EXPECT_EQ(tape.answer(ask).status, 405);
  ask.target = "/api/y";
  EXPECT_EQ(tape.answer(ask).status, 200);
  ask.method = "POST";
  EXPECT_EQ(tape.answer(ask).how, "no-recording");
}

TEST(Tape, NamesTheNearestRecordingAfterAMiss) {
  Tape tape({recorded("/api/dataElements?page=2", ""), recorded("/api/dataSets", "")});

  const Answer miss = tape.answer(asked("/api/dataElements?page=3"));

  EXPECT_EQ(miss.status, 404);
  EXPECT_EQ(miss.how, "no-recording");
  EXPECT_EQ(miss.nearest, "GET /api/dataElements?page=2");
  EXPECT_NE(miss.body.find(R"("nearest":"GET /api/dataElements?page=2")"), std::string::npos);
}

TEST(Tape, SignsInWithTheFullestAnswerToAnotherQuery) {
  Tape tape({recorded("/api/me?fields=id", R"({"id":"x"})", "Basic <admin>"),
             recorded("/api/me?fields=:all", R"({"id":"x","username":"admin"})", "Basic <admin>"),
             recorded("/api/me?fields=:all", R"({"id":"y","username":"analyste","a":1})",
                      "Basic <analyste>")});

  const Answer answer = tape.answer(asked("/api/me?fields=id,username", kAdmin));

  EXPECT_EQ(answer.body, R"({"id":"x","username":"admin"})");
  EXPECT_EQ(answer.how, "other-query");
}

TEST(Tape, SignsInWithoutAnySuchRecording) {
  Tape tape({recorded("/api/x", "")});

  const Answer me = tape.answer(asked("/api/me?fields=id", kAnalyst));
  const Answer info = tape.answer(asked("/api/system/info", kAdmin));

  EXPECT_EQ(me.how, "synthetic");
  EXPECT_EQ(me.body, R"({"username":"analyste","displayName":"analyste"})");
  EXPECT_EQ(info.body, R"({"version":"2.40.12","calendar":"iso8601"})");
  EXPECT_EQ(tape.answer(asked("/api/ping")).body, "pong");
  EXPECT_EQ(tape.answer(asked("/api/me")).status, 401);
}

TEST(Tape, SendsASignInPageOfOldVersionsToItsLogin) {
  Tape old({recorded("/api/x", "")});
  Recording newer = recorded("/api/x", "");
  newer.version = "2.43.1";
  Tape recent({newer});

  EXPECT_EQ(old.answer(asked("/api/loginConfig")).status, 302);
  EXPECT_EQ(old.answer(asked("/api/loginConfig", kAdmin)).status, 404);
  EXPECT_EQ(recent.answer(asked("/api/loginConfig")).body, R"({"apiVersion":"2.43.1"})");
}

TEST(Tape, FindsTheOriginOfTheRecordedServer) {
  Recording own = recorded("/api/a", "", "", 302);
  own.headers = {{"Location", "http://127.0.0.1:8043/login/"}};
  Recording again = own;
  Recording foreign = recorded("/api/b", "", "", 302);
  foreign.headers = {{"location", "http://127.0.0.1/callback?code=1"}};

  EXPECT_EQ(Tape({own, foreign, again}).recorded_origin(), "http://127.0.0.1:8043");
  EXPECT_EQ(Tape({recorded("/api/x", "")}).recorded_origin(), "");
}

}  // namespace
}  // namespace replay
