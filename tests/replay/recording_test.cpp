// SPDX-License-Identifier: BSD-3-Clause
// Both shapes of a recorded line, and every way in which a body is kept.
#include "tests/replay/recording.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "tests/replay/body.h"

namespace replay {
namespace {

std::string full(const std::string& request_headers, const std::string& response) {
  return R"({"id":"40-x-1","version":"2.40.12","request":{"method":"GET","path":"/api/me?a=1",)"
         R"("headers":)" +
         request_headers + R"(},"response":)" + response + "}";
}

TEST(Recording, ReadsTheFullShape) {
  const Recording recording = read_recording(full(
      R"({"authorization":"Basic <admin>","Accept":"text/csv"})",
      R"({"status":409,"headers":{"Content-Type":"application/json","Set-Cookie":["a=1","b=2"]},)"
      R"("body":{"b":1,"a":[true,null,"x"]}})"));

  EXPECT_EQ(recording.method, "GET");
  EXPECT_EQ(recording.target.path, "/api/me");
  EXPECT_EQ(recording.version, "2.40.12");
  EXPECT_EQ(recording.caller, "Basic <admin>");
  EXPECT_TRUE(recording.knows_caller);
  EXPECT_EQ(recording.accept, "text/csv");
  EXPECT_TRUE(recording.plain);
  EXPECT_EQ(recording.status, 409);
  EXPECT_EQ(recording.headers.size(), 3U);
  EXPECT_EQ(recording.body, R"({"b":1,"a":[true,null,"x"]})");
}

TEST(Recording, ReadsTheFlatShape) {
  const Recording recording = read_recording(
      R"({"version":"2.36","major":36,"method":"GET","path":"/api/36/me","status":null,)"
      R"("content_type":null,"body":{"id":"x"},"source":"s"})");

  EXPECT_EQ(recording.status, 200);
  EXPECT_EQ(recording.target.api_version, 36);
  EXPECT_FALSE(recording.knows_caller);
  EXPECT_EQ(recording.body, R"({"id":"x"})");
  ASSERT_EQ(recording.headers.size(), 1U);
  EXPECT_EQ(recording.headers[0].second, "application/json;charset=UTF-8");
}

TEST(Recording, KnowsARequestWithUnusualHeaders) {
  EXPECT_FALSE(
      read_recording(full(R"({"Origin":"https://a.example"})", R"({"status":200})")).plain);
}

struct BodyCase {
  const char* name;
  const char* response;
  const char* body;
};

class Body : public testing::TestWithParam<BodyCase> {};

TEST_P(Body, ComesBackAsItWas) {
  EXPECT_EQ(read_recording(full("{}", GetParam().response)).body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    Recording, Body,
    testing::Values(
        BodyCase{"Digits", R"({"status":200,"body":{"v":[91.50,1e3,12345678901234567890123]}})",
                 R"({"v":[91.50,1e3,12345678901234567890123]})"},
        BodyCase{"None", R"({"status":204})", ""},
        BodyCase{"Base64", R"({"status":200,"bodyBase64":"aGVsbG8="})", "hello"},
        BodyCase{"Text", R"({"status":200,"headers":{"Content-Type":"text/plain"},"body":"pong"})",
                 "pong"},
        BodyCase{"JsonString",
                 R"({"status":200,"headers":{"Content-Type":"application/json"},"body":"en"})",
                 R"("en")"},
        BodyCase{"WordOfKnownLength",
                 R"({"status":200,"headers":{"Content-Type":"application/json",)"
                 R"("Content-Length":"4"},"body":"pong"})",
                 "pong"},
        BodyCase{"RepeatedKeys",
                 R"({"status":200,"headers":{"Content-Type":"application/json"},)"
                 R"("body":"{\"a\":1,\"a\":2}"})",
                 R"({"a":1,"a":2})"},
        BodyCase{"Number", R"({"status":200,"headers":{},"body":1.0})", "1.0"},
        BodyCase{"NestedBody", R"({"headers":{"body":"no"},"status":200,"body":{"body":[[1],{}]}})",
                 R"({"body":[[1],{}]})"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Recording, InflatesAGzipBody) {
  // gzip of "hello", made with mtime 0.
  const Recording recording =
      read_recording(full("{}", R"({"status":200,"headers":{"Content-Encoding":"gzip"},)"
                                R"("bodyBase64":"H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="})"));

  EXPECT_EQ(recording.body, "hello");
}

TEST(Recording, MarksACutBody) {
  const Recording recording = read_recording(
      R"({"request":{"method":"GET","path":"/"},"response":{"status":200,"body":"{"},)"
      R"("note":"body cut: first 1 of 9 bytes kept"})");

  EXPECT_TRUE(recording.cut);
}

class Files : public testing::Test {
 protected:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("replay_files_" + std::to_string(testing::UnitTest::GetInstance()->random_seed()) + "_" +
       std::to_string(getpid()));
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string plain(const std::string& text) const {
    const std::string file = folder_ / "plain.jsonl";
    std::ofstream(file) << text;
    return file;
  }
};

constexpr const char* kLine = R"({"method":"GET","path":"/api/ping","status":200,"body":"pong"})";

TEST_F(Files, ReadsPlainAndGzipAlike) {
  const std::string zipped = folder_ / "some.jsonl.gz";
  gzFile out = gzopen(zipped.c_str(), "wb");
  gzputs(out, (std::string(kLine) + "\n" + kLine).c_str());
  gzclose(out);

  EXPECT_EQ(read_recordings(plain(std::string(kLine) + "\n\n")).size(), 1U);
  EXPECT_EQ(read_recordings(zipped).size(), 2U);
}

TEST_F(Files, NamesTheFileAndLineOfABadOne) {
  try {
    read_recordings(plain(std::string(kLine) + "\n{\"openapi\":\"3.0.0\"}\n"));
    FAIL() << "a line that is no exchange was taken";
  } catch (const BadRecording& error) {
    EXPECT_NE(std::string(error.what()).find("plain.jsonl:2: "), std::string::npos) << error.what();
  }
  EXPECT_THROW(read_recordings(folder_ / "absent.jsonl"), BadRecording);
}

TEST_F(Files, RefusesACutGzipFile) {
  const std::string file = folder_ / "cut.gz";
  gzFile out = gzopen(file.c_str(), "wb");
  for (int i = 0; i < 500; ++i) gzprintf(out, "%d %s\n", i * 7919, kLine);
  gzclose(out);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);

  EXPECT_THROW(read_recordings(file), BadRecording);
}

}  // namespace
}  // namespace replay
