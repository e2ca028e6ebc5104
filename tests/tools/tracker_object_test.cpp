// SPDX-License-Identifier: BSD-3-Clause
// One tracked entity as an object to read, and what is said where it is out of reach.
#include <gtest/gtest.h>

#include "tests/tools/tracked_instance.h"

namespace dhis2mcp::test {
namespace {

constexpr char kPath[] = "/api/tracker/trackedEntities/IzR9R4bTMfL";
constexpr char kQuestion[] = R"({"tracked_entity":"IzR9R4bTMfL"})";

constexpr char kEntity[] = R"({"trackedEntity":"IzR9R4bTMfL","trackedEntityType":"paxaGXfql5x",
  "createdAt":"2026-11-21T09:46:47.130","updatedAt":"2026-11-21T09:47:29.400",
  "orgUnit":"KTKKCHBot5X","inactive":false,"deleted":false,
  "attributes":[{"attribute":"zjjwRl76LGB","displayName":"First name","value":"Rokia"},
                {"attribute":"wfYkrcEU5OP","displayName":"Sex","value":"F"}],
  "enrollments":[{"enrollment":"MRWnOP2WWzK","program":"ACGFZknRgLX","status":"CANCELLED",
    "orgUnit":"ONIdcvJuMLw","enrolledAt":"2026-09-25T00:00:00.000","followUp":true,
    "attributes":[{"attribute":"zjjwRl76LGB","value":"Rokia"},
                  {"attribute":"DjlPqdsimPN","value":"2004-02-02"}],
    "events":[
      {"event":"AY14PY9QpCz","programStage":"h47LS5Vr4Q3","status":"SCHEDULE","orgUnit":"KTKKCHBot5X",
       "scheduledAt":"2026-10-25T00:00:00.000","dataValues":[]},
      {"event":"mJWWZ8ODFZR","programStage":"f35ZHCxlhFa","status":"COMPLETED","orgUnit":"KTKKCHBot5X",
       "occurredAt":"2026-09-25T00:00:00.000",
       "dataValues":[{"dataElement":"zE9x8BZl2V0","value":"NEG"},{"dataElement":"lhdy9nyQN32","value":"54"}],
       "notes":[{"value":"Came with her sister","storedAt":"2026-09-25T10:15:00.000","createdBy":{"username":"ada"}}]}]}],
  "relationships":[{"relationship":"ZgugAsVD0T5","relationshipType":"o6qZakS6Kuj",
    "from":{"trackedEntity":{"trackedEntity":"IzR9R4bTMfL"}},
    "to":{"trackedEntity":{"trackedEntity":"slhlbCE9H3b","attributes":[{"attribute":"zjjwRl76LGB","value":"Awa"},{"attribute":"kCeDJuMca7k","value":"Bah"}]}}}],
  "programOwners":[{"program":"ACGFZknRgLX","orgUnit":"ONIdcvJuMLw"}]})";

void script(TrackedInstance& instance) {
  instance.server.get(kPath, kEntity);
  instance.server.get("/api/trackedEntityTypes",
                      R"({"trackedEntityTypes":[{"id":"paxaGXfql5x","displayName":"Person"}]})");
  instance.server.get("/api/relationshipTypes",
                      R"({"relationshipTypes":[{"id":"o6qZakS6Kuj","displayName":"Sisters"}]})");
}

TEST(TrackerGet, ReadsAsOneObjectWithNames) {
  TrackedInstance instance("2.42.1", true);
  script(instance);

  const Json answer = instance.answer("tracker_get", kQuestion);

  const Json wanted = Json::parse(R"json({"tracked_entity":"IzR9R4bTMfL","type":"Person",
    "org_unit":"Clinic (North)","created":"2026-11-21T09:46","updated":"2026-11-21T09:47",
    "attributes":{"First name":"Rokia","Sex":"Female"},
    "enrollments":[{"program":"Antenatal care","enrollment":"MRWnOP2WWzK","status":"CANCELLED",
      "enrolled":"2026-09-25","org_unit":"Clinic (South)","follow_up":true,
      "attributes":{"Date of birth":"2004-02-02"},
      "events":[
        {"stage":"First visit","event":"mJWWZ8ODFZR","date":"2026-09-25","status":"COMPLETED",
         "org_unit":"Clinic (North)","values":{"HIV test":"Negative","Weight":54},
         "notes":[{"text":"Came with her sister","at":"2026-09-25T10:15","by":"ada"}]},
        {"stage":"Follow-up","event":"AY14PY9QpCz","due":"2026-10-25","status":"SCHEDULE",
         "org_unit":"Clinic (North)"}]}],
    "relationships":[{"type":"Sisters","direction":"to","tracked_entity":"slhlbCE9H3b","label":"Awa Bah"}],
    "owners":[{"program":"Antenatal care","org_unit":"Clinic (South)"}]
})json");
  EXPECT_EQ(answer["object"].dump(1), wanted.dump(1)) << answer;
}

TEST(TrackerGet, MasksEverythingOfAPerson) {
  TrackedInstance instance;
  script(instance);

  const Json answer = instance.answer("tracker_get", kQuestion);

  const Json& object = answer["object"];
  EXPECT_EQ(object["attributes"].dump(), R"({"First name":"***","Sex":"***"})");
  EXPECT_EQ(object["enrollments"][0]["attributes"].dump(), R"({"Date of birth":"***"})");
  EXPECT_EQ(object["relationships"][0]["label"], "***");
  EXPECT_EQ(object["enrollments"][0]["events"][0]["values"]["Weight"], 54);
  for (const char* name : {"Rokia", "Awa", "Bah", "2004-02-02"}) {
    EXPECT_EQ(answer.dump().find(name), std::string::npos) << name;
  }
  EXPECT_NE(answer["notes"].dump().find("masks them"), std::string::npos);
}

TEST(TrackerGet, ReadsOnWhereTheEntityIsNotInTheProgram) {
  TrackedInstance instance;
  script(instance);
  instance.server.on("GET", kPath, [](const Seen& seen) {
    if (seen.query.find("program=") == std::string::npos) return Reply{200, kEntity};
    return Reply{404, R"({"httpStatusCode":404,"status":"ERROR","errorCode":"E1005",
        "message":"TrackedEntity with id IzR9R4bTMfL could not be found."})"};
  });
  const Json answer =
      instance.answer("tracker_get", R"({"tracked_entity":"IzR9R4bTMfL","program":"ACGFZknRgLX"})");
  EXPECT_EQ(answer["object"]["tracked_entity"], "IzR9R4bTMfL") << answer;
  EXPECT_NE(answer["notes"].dump().find("not enrolled"), std::string::npos);
}

TEST(TrackerGet, SaysWhatRefusalsMean) {
  const std::tuple<int, const char*, const char*, ErrorKind> cases[] = {
      {401, R"("message":"OWNERSHIP_ACCESS_DENIED")", "break the glass", ErrorKind::forbidden},
      {409, R"("message":"[OWNERSHIP_ACCESS_DENIED]")", "break the glass", ErrorKind::forbidden},
      {403, R"("message":"User has no access to TrackedEntity:IzR9R4bTMfL","errorCode":"E1006")",
       "who owns", ErrorKind::forbidden},
      {404,
       R"("message":"TrackedEntity with id IzR9R4bTMfL could not be found.","errorCode":"E1005")",
       "may not reach", ErrorKind::not_found}};
  for (const auto& [status, message, words, kind] : cases) {
    TrackedInstance instance("2.40.3");
    instance.server.on("GET", kPath,
                       {status, R"({"httpStatusCode":)" + std::to_string(status) +
                                    R"(,"status":"ERROR",)" + message + "}"});
    const ToolResult result = instance.call("tracker_get", kQuestion);
    ASSERT_TRUE(result.is_error) << message;
    EXPECT_NE(result.text.find(words), std::string::npos) << result.text;
    EXPECT_EQ(result.error->kind, kind) << result.text;
  }
}

TEST(TrackerGet, RefusesWhatIsNoUid) {
  TrackedInstance instance;
  const ToolResult result = instance.call("tracker_get", R"({"tracked_entity":"Fanta"})");
  ASSERT_TRUE(result.is_error);
  EXPECT_NE(result.text.find("tracker_find"), std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp::test
