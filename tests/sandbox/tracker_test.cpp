// SPDX-License-Identifier: BSD-3-Clause
// Tracker reads: lists, filters, pages, access and single objects of every major.
#include "tests/sandbox/tracker.h"

#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/tracker_filter.h"

namespace sandbox {
namespace {

constexpr const char* kAnc = "program=ACGFZknRgLX";
constexpr const char* kMalaria = "program=Svw72tiR0Da";

// The uids of a list, joined by blanks.
std::string uids(const Json& list, const char* name) {
  std::string text;
  for (const Json& one : list) text += (text.empty() ? "" : " ") + one.value(name, "");
  return text;
}

std::string message_of(const std::string& target, int major, const std::string& user = "admin") {
  const Reply reply = reply_of(tracker, target, major, user);
  const Json body = Json::parse(reply.body, nullptr, false);
  const std::string text = body.is_object() ? body.value("message", "") : "page";
  return std::to_string(reply.status) + " " + text;
}

TEST(Tracker, ListsThePayloadTheNewestFirst) {
  const Json answer = answer_of(tracker, "/tracker/trackedEntities?" + std::string(kAnc) +
                                             "&paging=false&fields=trackedEntity");

  ASSERT_EQ(answer["trackedEntities"].size(), 110u);
  EXPECT_EQ(answer["trackedEntities"][0]["trackedEntity"], "IzR9R4bTMfL");
  EXPECT_EQ(answer["trackedEntities"][109]["trackedEntity"], "Hg6V7eCRDWx");
  EXPECT_FALSE(answer.contains("pager"));
}

TEST(Tracker, WritesPagesInTheShapeOfTheRelease) {
  const std::string newer =
      "/tracker/trackedEntities?program=ACGFZknRgLX&pageSize=2&totalPages=true";
  const Json old = answer_of(tracker, newer + "&ouMode=ALL", 40);
  EXPECT_EQ(old["instances"].size(), 2u);
  EXPECT_EQ(old["pageCount"], 55);
  const Json both = answer_of(tracker, newer, 41);
  EXPECT_EQ(both["pager"]["total"], 110);
  EXPECT_EQ(both["total"], 110);
  const Json linked = answer_of(tracker, newer + "&page=2", 43);
  EXPECT_FALSE(linked.contains("total"));
  EXPECT_EQ(linked["pager"]["page"], 2);
  EXPECT_NE(linked["pager"]["nextPage"].get<std::string>().find("&page=3"), std::string::npos);
  EXPECT_TRUE(linked["pager"].contains("prevPage"));
}

TEST(Tracker, FiltersAttributesAndElements) {
  struct Case {
    const char* target;
    size_t found;
  };
  const Case cases[] = {
      {"trackedEntities?program=ACGFZknRgLX&filter=zjjwRl76LGB:eq:fanta", 8},
      {"trackedEntities?program=ACGFZknRgLX&filter=zjjwRl76LGB:in:Fanta;Awa", 16},
      {"trackedEntities?program=ACGFZknRgLX&filter=qalMOSrv66p:eq:NID100003", 1},
      {"trackedEntities?program=ACGFZknRgLX&filter=DjlPqdsimPN:gt:1999-01-01:lt:2001-01-01", 10},
      {"trackedEntities?program=ACGFZknRgLX&filter=zjjwRl76LGB:eq:a/,b", 0},
      {"trackedEntities?program=ACGFZknRgLX&filter=zjjwRl76LGB", 110},
      {"trackedEntities?program=ACGFZknRgLX&orgUnits=S3DWx9jT5VC", 2},
      {"trackedEntities?program=ACGFZknRgLX&followUp=true", 0},
      {"events?program=Svw72tiR0Da&filter=SOTMfSRgvnN:ge:10:le:12", 11},
      {"events?program=Svw72tiR0Da&filter=SV31TIY2q0G:eq:pos", 120},
      {"events?program=Svw72tiR0Da&filter=lhdy9nyQN32:eq:1", 0},
      {"events?program=Svw72tiR0Da&occurredAfter=2026-06-01&occurredBefore=2026-06-30", 23},
      {"events?program=ACGFZknRgLX&enrollments=cLxc9NuMftM", 4},
      {"enrollments?program=ACGFZknRgLX&trackedEntity=Hg6V7eCRDWx", 1},
  };
  for (const Case& one : cases) {
    const Json answer = answer_of(tracker, "/tracker/" + std::string(one.target) + "&paging=false");
    size_t found = 0;
    for (const char* name : {"trackedEntities", "events", "enrollments"}) {
      if (answer.contains(name)) found = answer[name].size();
    }
    EXPECT_EQ(found, one.found) << one.target;
  }
}

TEST(Tracker, OrdersByFieldsAndValues) {
  const std::pair<const char*, const char*> cases[] = {
      {"&order=createdAt", "Hg6V7eCRDWx slhlbCE9H3b"},
      {"&order=createdAt:desc", "IzR9R4bTMfL tNndSgL2Llz"},
      {"&order=updatedAt:asc", "Hg6V7eCRDWx slhlbCE9H3b"},
  };
  for (const auto& [order, expected] : cases) {
    const Json answer =
        answer_of(tracker, "/tracker/trackedEntities?" + std::string(kAnc) + "&pageSize=2" + order);
    EXPECT_EQ(uids(answer["trackedEntities"], "trackedEntity"), expected) << order;
  }
  EXPECT_EQ(message_of("/tracker/trackedEntities?program=ACGFZknRgLX&order=trackedEntity", 43)
                .substr(0, 3),
            "409");
}

TEST(Tracker, TakesTheNamesOfEachRelease) {
  // The same wish in the words of 2.40, of 2.42, and in those of the other.
  const std::string old = "/tracker/trackedEntities?program=ACGFZknRgLX&orgUnit=S3DWx9jT5VC";
  const std::string now = "/tracker/trackedEntities?program=ACGFZknRgLX&orgUnits=S3DWx9jT5VC";
  EXPECT_EQ(answer_of(tracker, old, 40)["instances"].size(), 2u);
  EXPECT_EQ(answer_of(tracker, old, 41)["trackedEntities"].size(), 2u);
  EXPECT_EQ(answer_of(tracker, now, 41)["trackedEntities"].size(), 2u);
  EXPECT_EQ(answer_of(tracker, old, 42)["trackedEntities"].size(), 50u);
  EXPECT_EQ(message_of(now, 40), "409 At least one organisation unit must be specified");
  EXPECT_EQ(message_of("/tracker/events?pageSize=1", 43), "400 page");
  EXPECT_EQ(message_of("/tracker/events?pageSize=1", 42).substr(0, 3), "200");
}

TEST(Tracker, RefusesInTheWordsOfTheRelease) {
  struct Case {
    const char* target;
    int major;
    const char* expected;
  };
  const Case cases[] = {
      {"trackedEntities?program=abcdefghijk", 43,
       "400 Program is specified but does not exist: abcdefghijk"},
      {"trackedEntities?orgUnits=UvePRDui19N", 42,
       "400 Either `program`, `trackedEntityType` or `trackedEntities` should be specified"},
      {"trackedEntities?program=ACGFZknRgLX&updatedWithin=P1D", 43,
       "400 `updatedWithin` is not valid: P1D"},
      {"trackedEntities?program=ACGFZknRgLX&ouMode=ALL&updatedWithin=P1D", 40,
       "409 Duration is not valid: P1D"},
      {"trackedEntities?program=ACGFZknRgLX&filter=zjjwRl76LGB:bogus:x", 41,
       "400 Query item or filter is invalid: zjjwRl76LGB:bogus:x"},
      {"trackedEntities?program=ACGFZknRgLX&filter=zjjwRl76LGB:bogus:x", 42,
       "400 filter=zjjwRl76LGB:bogus:x is invalid. 'bogus' is not a valid operator."},
      {"events?program=Svw72tiR0Da&filter=SOTMfSRgvnN:eq:abc", 43,
       "400 Filter for data element SOTMfSRgvnN is invalid. The data element value type is "
       "INTEGER_ZERO_OR_POSITIVE but the value `abc` is not."},
      {"events?program=Svw72tiR0Da&pageSize=0", 42,
       "400 pageSize must be greater than or equal to 1 if specified"},
      {"enrollments?program=Svw72tiR0Da", 43,
       "400 Program specified is not a tracker program: Svw72tiR0Da"},
      {"enrollments?enrollments=Kso8ILFfwUt", 43, "400 Program is mandatory"},
      {"relationships", 41,
       "400 Missing required parameter 'trackedEntity', 'enrollment' or "
       "'event'."},
      {"trackedEntities/abc", 43,
       "400 Value 'abc' is not valid for path parameter uid. UID must be an alphanumeric string "
       "of 11 characters starting with a letter, but was: abc"},
      {"events/abcdefghijk", 42, "404 Event with id abcdefghijk could not be found."},
      {"nope", 43, "404 page"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(message_of("/tracker/" + std::string(one.target), one.major), one.expected)
        << one.target << " of 2." << one.major;
  }
}

TEST(Tracker, ShowsOnlyWhatAUserReaches) {
  const std::string all = "/tracker/trackedEntities?program=ACGFZknRgLX&totalPages=true";
  EXPECT_EQ(answer_of(tracker, all, 43, "suivi.nord")["pager"]["total"], 65);
  EXPECT_EQ(answer_of(tracker, all, 43, "saisie.dombea")["pager"]["total"], 29);
  EXPECT_EQ(answer_of(tracker, all, 43, "analyste")["pager"]["total"], 110);
  const std::string one = "/tracker/trackedEntities/Hg6V7eCRDWx";
  EXPECT_EQ(message_of(one, 40, "suivi.nord"), "409 [OWNERSHIP_ACCESS_DENIED]");
  EXPECT_EQ(message_of(one + "?program=ACGFZknRgLX", 40, "suivi.nord"),
            "401 OWNERSHIP_ACCESS_DENIED");
  EXPECT_EQ(message_of(one, 41, "suivi.nord"),
            "403 User has no access to TrackedEntity:Hg6V7eCRDWx");
  EXPECT_EQ(message_of(one, 42, "suivi.nord").substr(0, 3), "404");
  EXPECT_EQ(message_of(all + "&orgUnitMode=ALL", 43, "analyste"),
            "403 User is not authorized to query across all organisation units");
}

TEST(Tracker, NestsOneEntityWholeAndByFields) {
  const Json whole = answer_of(tracker, "/tracker/trackedEntities/acAAZ27Q6Jw?fields=*");
  ASSERT_EQ(whole["enrollments"].size(), 2u);
  EXPECT_EQ(whole["relationships"][0]["from"]["trackedEntity"]["trackedEntity"], "acAAZ27Q6Jw");
  EXPECT_EQ(whole["attributes"].size(), 2u);
  EXPECT_EQ(whole["enrollments"][0]["attributes"].size(), 4u);
  EXPECT_EQ(
      answer_of(tracker, "/tracker/trackedEntities/acAAZ27Q6Jw?fields=*", 40)["attributes"].size(),
      4u);
  EXPECT_EQ(answer_of(tracker, "/tracker/trackedEntities/acAAZ27Q6Jw?fields=enrollments~size"),
            Json::parse(R"({"enrollments":2})"));
  EXPECT_EQ(answer_of(tracker, "/tracker/trackedEntities/acAAZ27Q6Jw?fields=attributes[code]"),
            Json::parse(R"({"attributes":[{"code":"TEA_FN"},{"code":"TEA_LN"}]})"));
  EXPECT_FALSE(answer_of(tracker, "/tracker/trackedEntities/acAAZ27Q6Jw").contains("enrollments"));
}

TEST(Tracker, WritesCsvAndPackedForms) {
  const Reply csv = reply_of(tracker, "/tracker/trackedEntities/acAAZ27Q6Jw.csv");
  EXPECT_EQ(csv.content_type, "application/csv;charset=UTF-8");
  EXPECT_NE(csv.body.find(",kCeDJuMca7k,\"Nom de famille\",Ciss"), std::string::npos);
  const std::string events = "/tracker/events.csv?" + std::string(kMalaria);
  const std::string body = reply_of(tracker, events).body;
  EXPECT_GT(std::count(body.begin(), body.end(), '\n'), 1500);
  EXPECT_EQ(reply_of(tracker, "/tracker/enrollments.csv?" + std::string(kAnc)).status, 406);
  const HttpAnswer packed =
      send(server_of(43), "GET", "/api/tracker/events?program=Svw72tiR0Da&pageSize=1", [] {
        httplib::Headers headers = basic("admin", "district");
        headers.emplace("Accept", "application/json+zip");
        return headers;
      }());
  EXPECT_EQ(packed.status, 200);
  EXPECT_EQ(packed.body.substr(0, 4), std::string("PK\x03\x04"));
}

TEST(Tracker, KeepsChangeLogsOfValuesAndDays) {
  const std::string target = "/tracker/events/TQSKF8Ijokd/changeLogs";
  EXPECT_EQ(answer_of(tracker, target, 41)["changeLogs"].size(), 7u);
  EXPECT_EQ(answer_of(tracker, target, 42)["changeLogs"].size(), 9u);
  EXPECT_EQ(answer_of(tracker, target, 43)["changeLogs"].size(), 0u);
  const std::string entity = "/tracker/trackedEntities/acAAZ27Q6Jw/changeLogs";
  EXPECT_EQ(answer_of(tracker, entity, 42)["changeLogs"].size(), 2u);
  EXPECT_EQ(answer_of(tracker, entity + "?program=ACGFZknRgLX", 42)["changeLogs"].size(), 4u);
  EXPECT_EQ(reply_of(tracker, target, 40).status, 404);
  EXPECT_EQ(reply_of(tracker, target, 42, "suivi.nord").status, 404);
  EXPECT_EQ(reply_of(tracker, target + "?order=nope", 42).status, 400);
}

TEST(Tracker, KnowsTheTwoKindsOfEventsOf43) {
  EXPECT_EQ(reply_of(tracker, "/tracker/singleEvents/jESmn6yGkFi", 43).status, 200);
  EXPECT_EQ(reply_of(tracker, "/tracker/singleEvents/TQSKF8Ijokd", 43).status, 404);
  EXPECT_EQ(reply_of(tracker, "/tracker/trackerEvents/TQSKF8Ijokd", 42).status, 404);
  const Json event = answer_of(tracker, "/tracker/singleEvents/jESmn6yGkFi", 43);
  EXPECT_FALSE(event.contains("programStage"));
  EXPECT_EQ(event["dataValues"].size(), 7u);
}

TEST(TrackerFilter, ReadsEscapesAndComparesWithoutCase) {
  const Country& country = country_of(43);
  const Request request = request_for(country, "/x?filter=zjjwRl76LGB:like:a/:B:ne:c");
  const auto filters = read_value_filters(country, request, "filter", FilterOn::kAttributes);
  ASSERT_EQ(filters.size(), 1u);
  ASSERT_EQ(filters[0].conditions.size(), 2u);
  EXPECT_EQ(filters[0].conditions[0].value, "a:B");
  const std::string value = "xA:by";
  EXPECT_TRUE(passes(filters[0], &value, 43));
  EXPECT_FALSE(passes(filters[0], nullptr, 43));
}

}  // namespace
}  // namespace sandbox
