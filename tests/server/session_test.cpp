// SPDX-License-Identifier: BSD-3-Clause
// Sessions of the older revisions over HTTP; time is handed in.
#include "server/session.h"

#include <gtest/gtest.h>

#include <set>

namespace dhis2mcp {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Sessions::Time kStart{};

TEST(Sessions, FindsWhatItOpened) {
  Sessions sessions;
  const auto session = sessions.open(Revision::r2025_06_18, "client 1", kStart);
  EXPECT_EQ(session->id.size(), 32u);
  EXPECT_EQ(sessions.find(session->id, kStart), session);
  EXPECT_EQ(sessions.find("nope", kStart), nullptr);
}

TEST(Sessions, GivesEachAnIdOfItsOwn) {
  Sessions sessions;
  std::set<std::string> ids;
  for (int i = 0; i < 500; ++i) ids.insert(sessions.open(kNewestLegacy, "", kStart)->id);
  EXPECT_EQ(ids.size(), 500u);
}

TEST(Sessions, EndsOneForGood) {
  Sessions sessions;
  const std::string id = sessions.open(kNewestLegacy, "", kStart)->id;
  EXPECT_TRUE(sessions.end(id));
  EXPECT_FALSE(sessions.end(id));
  EXPECT_EQ(sessions.find(id, kStart), nullptr);
}

TEST(Sessions, DropsTheOneThatWasIdleLongest) {
  Sessions sessions;
  const std::string first = sessions.open(kNewestLegacy, "", kStart)->id;
  const std::string second = sessions.open(kNewestLegacy, "", kStart)->id;
  for (std::size_t i = 2; i < kMostSessions; ++i) sessions.open(kNewestLegacy, "", kStart);
  sessions.find(first, kStart + seconds(1));
  sessions.open(kNewestLegacy, "", kStart + seconds(2));
  EXPECT_EQ(sessions.size(), kMostSessions);
  EXPECT_NE(sessions.find(first, kStart), nullptr);
  EXPECT_EQ(sessions.find(second, kStart), nullptr);
}

TEST(Sessions, ForgetsAfterADay) {
  Sessions sessions;
  const std::string id = sessions.open(kNewestLegacy, "", kStart)->id;
  EXPECT_NE(sessions.find(id, kStart + hours(23)), nullptr);
  EXPECT_NE(sessions.find(id, kStart + hours(46)), nullptr);
  EXPECT_EQ(sessions.find(id, kStart + hours(71)), nullptr);
}

}  // namespace
}  // namespace dhis2mcp
