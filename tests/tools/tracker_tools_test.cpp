// SPDX-License-Identifier: BSD-3-Clause
// Lists of tracked entities and events: what each version is asked, what is shown, what is told.
#include <gtest/gtest.h>

#include "tools/name_forms.h"

#include "tests/tools/tracked_instance.h"

namespace dhis2mcp::test {
namespace {

constexpr char kEntities[] = "/api/tracker/trackedEntities";
constexpr char kEvents[] = "/api/tracker/events";

std::string entities_page(const std::string& member) {
  return R"({"pager":{"page":1,"pageSize":100,"total":2,"pageCount":1},")" + member + R"(":[
    {"trackedEntity":"IzR9R4bTMfL","orgUnit":"KTKKCHBot5X","updatedAt":"2026-11-21T09:47:29.400",
     "attributes":[{"attribute":"zjjwRl76LGB","displayName":"First name","value":"Rokia"}],
     "enrollments":[{"program":"ACGFZknRgLX","status":"ACTIVE","enrolledAt":"2026-09-25T00:00:00.000",
       "attributes":[{"attribute":"wfYkrcEU5OP","displayName":"Sex","value":"F"}]},
      {"program":"Z8e0SCGtCPu","status":"COMPLETED","enrolledAt":"2026-10-25T00:00:00.000"}]},
    {"trackedEntity":"tNndSgL2Llz","orgUnit":"ONIdcvJuMLw","updatedAt":"2026-11-21T09:47:29.400",
     "attributes":[{"attribute":"kCeDJuMca7k","displayName":"Last name","value":"Bah"}]}]})";
}

std::string events_page(const std::string& member, int from, int count, bool more) {
  Json events = Json::array();
  for (int i = from; i < from + count; ++i) {
    events.push_back(Json::parse(R"({"status":"COMPLETED","programStage":"vQ0LmnMIY05",
        "orgUnit":"KTKKCHBot5X","occurredAt":"2026-11-03T00:00:00.000",
        "dataValues":[{"dataElement":"SV31TIY2q0G","value":"POS"},
                      {"dataElement":"SOTMfSRgvnN","value":"7.0"}]})"));
    events.back()["event"] = "event" + std::to_string(100000 + i);
  }
  Json page = {{"page", from / count + 1}, {"pageSize", count}};
  if (!more) page["pageCount"] = page["page"];
  page[member] = std::move(events);
  return page.dump();
}

std::string notes(const Json& answer) { return answer.value("notes", Json::array()).dump(); }

TEST(TrackerFind, LaysAttributesUnderTheirNamesAndMasksThem) {
  TrackedInstance instance;
  instance.server.get(kEntities, entities_page("trackedEntities"));

  const Json answer = instance.answer("tracker_find", R"({"program":"ACGFZknRgLX"})");

  EXPECT_EQ(answer["columns"].dump(), Json({"Tracked entity", "Org unit", "Enrolled", "Status",
                                            "Updated", "First name", "Sex", "Last name"})
                                          .dump())
      << answer;
  EXPECT_EQ(answer["rows"][0].dump(), Json({"IzR9R4bTMfL", "Clinic (North)", "2026-09-25", "ACTIVE",
                                            "2026-11-21T09:47", "***", "***", nullptr})
                                          .dump());
  EXPECT_EQ(answer["rows"][1][7], "***");
  EXPECT_EQ(answer["total"], 2);
  EXPECT_NE(notes(answer).find("masks them"), std::string::npos);
  EXPECT_EQ(answer.dump().find("Rokia"), std::string::npos);
}

TEST(TrackerFind, ShowsPersonsWhereTheProfileAllowsIt) {
  TrackedInstance instance("2.42.1", true);
  instance.server.get(kEntities, entities_page("trackedEntities"));

  const Json answer = instance.answer("tracker_find", R"({"program":"ACGFZknRgLX"})");

  EXPECT_EQ(answer["rows"][0][5], "Rokia");
  EXPECT_EQ(answer["rows"][0][6], "Female");
  EXPECT_EQ(answer["rows"][1][7], "Bah");
}

TEST(TrackerFind, AsksEachVersionInItsOwnWords) {
  const std::string question =
      R"({"program":"ACGFZknRgLX","org_units":["UvePRDui19N;S3DWx9jT5VC"],
          "filter":["status = active"],"updated_since":"3 days"})";
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"2.40.3", "instances",
       "program=ACGFZknRgLX&orgUnit=UvePRDui19N;S3DWx9jT5VC&ouMode=DESCENDANTS&programStatus=ACTIVE"
       "&updatedWithin=3d"},
      {"2.41.9", "trackedEntities",
       "program=ACGFZknRgLX&orgUnits=UvePRDui19N,S3DWx9jT5VC&orgUnitMode=DESCENDANTS"
       "&programStatus=ACTIVE&updatedWithin=3d"},
      {"2.42.5", "trackedEntities",
       "program=ACGFZknRgLX&orgUnits=UvePRDui19N,S3DWx9jT5VC&orgUnitMode=DESCENDANTS"
       "&enrollmentStatus=ACTIVE&updatedWithin=3d"},
      {"2.43.1", "trackedEntities",
       "program=ACGFZknRgLX&orgUnits=UvePRDui19N,S3DWx9jT5VC&orgUnitMode=DESCENDANTS"
       "&enrollmentStatus=ACTIVE&updatedWithin=3d"}};
  for (const auto& [version, member, wanted] : cases) {
    TrackedInstance instance(version);
    instance.server.get(kEntities, entities_page(member));
    const Json answer = instance.answer("tracker_find", question);
    EXPECT_EQ(instance.condition(kEntities), wanted) << version;
    ASSERT_TRUE(answer.contains("rows")) << version << answer;
    EXPECT_EQ(answer["rows"].size(), 2u) << version;
  }
}

TEST(TrackerFind, WritesConditionsInDhis2sGrammar) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"2.42.1", "First name like Ama", "filter=zjjwRl76LGB:like:Ama"},
      {"2.42.1", "first name = a:b,c/d", "filter=zjjwRl76LGB:eq:a/:b/,c//d"},
      {"2.42.1", "TEA_FN starts with Fa", "filter=zjjwRl76LGB:sw:Fa"},
      {"2.42.1", "zjjwRl76LGB:gt:a:lt:c", "filter=zjjwRl76LGB:gt:a:lt:c"},
      {"2.42.1", "Sex = Female", "filter=wfYkrcEU5OP:eq:F"},
      {"2.42.1", "Sex in female;Male", "filter=wfYkrcEU5OP:in:F;M"},
      {"2.42.1", "First name is empty", "filter=zjjwRl76LGB:null"},
      {"2.42.1", "follow up", "followUp=true"},
      {"2.42.1", "follow up != yes", "followUp=false"},
      {"2.42.1", "follow up = no", "followUp=false"},
      {"2.42.1", "enrolled since 2026-06-01", "enrollmentEnrolledAfter=2026-06-01"},
      {"2.42.1", "enrolled before 2026-02-02", "enrollmentEnrolledBefore=2026-02-01"},
      {"2.42.1", "enrolled in 2026Q1",
       "enrollmentEnrolledAfter=2026-01-01&enrollmentEnrolledBefore=2026-03-31"},
      {"2.42.1", "incident date after 2026-01-31", "enrollmentOccurredAfter=2026-02-01"},
      {"2.40.3", "status = completed", "programStatus=COMPLETED"},
  };
  TrackedInstance newer, older("2.40.3");
  for (const auto& [version, filter, wanted] : cases) {
    TrackedInstance& instance = std::string(version) == "2.40.3" ? older : newer;
    instance.server.get(kEntities, entities_page("trackedEntities"));
    const ToolResult result = instance.call(
        "tracker_find", Json({{"program", "ACGFZknRgLX"}, {"filter", {filter}}}).dump());
    EXPECT_FALSE(result.is_error) << filter << ": " << result.text;
    EXPECT_NE(instance.asked(kEntities).find(wanted), std::string::npos)
        << filter << ": " << instance.asked(kEntities);
  }
}

TEST(TrackerFind, ComparesADateByTheDaysOfWhatWasWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"= 1998", ":ge:1998-01-01:lt:1999-01-01"},
      {"in March 1998", ":ge:1998-03-01:lt:1998-04-01"},
      {"between 1998 and 2000Q1", ":ge:1998-01-01:lt:2000-04-01"},
      {"< March 1998", ":lt:1998-03-01"},
      {"after 1998", ":ge:1999-01-01"},
      {"since 1998", ":ge:1998-01-01"},
      {"= 15/03/1998", ":eq:1998-03-15"},
      {"!= 15 March 1998", ":ne:1998-03-15"},
      {">= 1998-03-15", ":ge:1998-03-15"},
      {"in 1998-03-15;1998-03-16", ":in:1998-03-15;1998-03-16"},
      {"like 1998", ":like:1998"},
      {":ge:1998", ":ge:1998"},
  };
  TrackedInstance instance;
  instance.server.get(kEntities, entities_page("trackedEntities"));
  const auto told = [&](const std::string& rest) {
    const Json arguments = {{"program", "ACGFZknRgLX"}, {"filter", {"Date of birth " + rest}}};
    return instance.call("tracker_find", arguments.dump());
  };
  for (const auto& [rest, wanted] : cases) {
    const ToolResult result = told(rest);
    EXPECT_FALSE(result.is_error) << rest << ": " << result.text;
    const std::string asked = instance.asked(kEntities) + "&";
    EXPECT_NE(asked.find("filter=DjlPqdsimPN" + std::string(wanted) + "&"), std::string::npos)
        << rest << ": " << asked;
  }
  for (const char* rest : {"= soon", "!= 1998", "in 1998;1999"}) {
    const ToolResult result = told(rest);
    EXPECT_TRUE(result.is_error) << rest << ": " << instance.asked(kEntities);
  }
}

TEST(TrackerFind, ReadsAnAgeAsDaysOfBirth) {
  TrackedInstance instance;
  instance.server.get(kEntities, entities_page("trackedEntities"));
  instance.answer("tracker_find", R"({"program":"ACGFZknRgLX","filter":["Date of birth = 5"]})");
  const std::string asked = instance.asked(kEntities);
  EXPECT_NE(asked.find("filter=DjlPqdsimPN:le:20"), std::string::npos) << asked;
  EXPECT_NE(asked.find(":gt:20"), std::string::npos) << asked;
}

TEST(TrackerFind, RefusesWhatCannotBeAskedAndSaysWhatCan) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"2.41.9", "First name is empty", "2.42"},
      {"2.42.1", "Sex = Femal", "Female, Male"},
      {"2.42.1", "Village = x", "First name"},
      {"2.42.1", "Weight > 5", "event_find"},
      {"2.42.1", "status = sleeping", "active, completed, cancelled"},
      {"2.42.1", "First name", "compared"},
      {"2.42.1", "follow up > yes", "follow up = no"},
      {"2.42.1", "status = active|status = completed", "one of these at a time"},
      {"2.42.1", "enrolled since 2026-06-01|enrolled since 2026-01-01", "one of these at a time"},
      {"2.42.1", "event date since 2026-01-01", "event status"},
  };
  TrackedInstance newer, older("2.41.9");
  for (const auto& [version, filter, words] : cases) {
    TrackedInstance& instance = std::string(version) == "2.41.9" ? older : newer;
    const ToolResult result =
        instance.call("tracker_find",
                      Json({{"program", "ACGFZknRgLX"}, {"filter", split_at(filter, '|')}}).dump());
    EXPECT_TRUE(result.is_error) << filter;
    EXPECT_NE(result.text.find(words), std::string::npos) << filter << ": " << result.text;
    EXPECT_EQ(instance.server.count(kEntities), 0u) << filter;
  }
}

TEST(TrackerFind, LooksWhereAPersonSays) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"2.42.1", "[]", "&orgUnitMode=ACCESSIBLE"},
      {"2.40.3", "[]", "&ouMode=ACCESSIBLE"},
      {"2.42.1", R"(["my org units"])", "&orgUnitMode=CAPTURE"},
      {"2.42.1", R"(["all org units"])", "&orgUnitMode=ACCESSIBLE"},
      {"2.42.1", R"(["ALL"])", "&orgUnitMode=ALL"},
      {"2.42.1", R"(["only UvePRDui19N"])", "&orgUnits=UvePRDui19N&orgUnitMode=SELECTED"},
      {"2.42.1", R"(["under UvePRDui19N"])", "&orgUnits=UvePRDui19N&orgUnitMode=DESCENDANTS"},
      {"2.41.9", R"(["children of UvePRDui19N"])", "&orgUnits=UvePRDui19N&orgUnitMode=CHILDREN"},
      // The server fails at its own mode, so the children are listed.
      {"2.43.1", R"(["children of UvePRDui19N"])",
       "&orgUnits=UvePRDui19N,KTKKCHBot5X,ONIdcvJuMLw&orgUnitMode=SELECTED"},
      {"2.42.1", R"(["LEVEL-3"])", "&orgUnits=KTKKCHBot5X,ONIdcvJuMLw&orgUnitMode=DESCENDANTS"},
  };
  for (const auto& [version, units, wanted] : cases) {
    TrackedInstance instance(version);
    instance.server.get(kEntities, entities_page("trackedEntities"));
    instance.answer("tracker_find",
                    R"({"program":"ACGFZknRgLX","org_units":)" + std::string(units) + "}");
    EXPECT_EQ(instance.condition(kEntities), "program=ACGFZknRgLX" + std::string(wanted)) << units;
  }
}

TEST(TrackerFind, TakesOfAProgramItsOwnTypeAlone) {
  TrackedInstance instance;
  instance.server.get(kEntities, entities_page("trackedEntities"));
  const auto told = [&](const char* type) {
    return instance.call("tracker_find", Json({{"program", "ACGFZknRgLX"}, {"type", type}}).dump());
  };
  EXPECT_FALSE(told("paxaGXfql5x").is_error);
  EXPECT_NE(told("aaaGXfql5x1").text.find("registers \"Person\""), std::string::npos);
}

TEST(TrackerFind, NamesTheProgramsWhereNoneWasGiven) {
  TrackedInstance instance;
  const ToolResult result = instance.call("tracker_find", "{}");
  ASSERT_TRUE(result.is_error);
  ASSERT_EQ(result.error->candidates.size(), 1u);
  EXPECT_EQ(result.error->candidates[0].name, "Antenatal care");
}

TEST(TrackerFind, ExplainsWhatDhis2Refuses) {
  const std::tuple<int, const char*, const char*, ErrorKind> cases[] = {
      {403, "Organisation unit is not part of the search scope: UvePRDui19N", "my org units",
       ErrorKind::forbidden},
      {409, "Current user is not authorized to query across all organisation units",
       "leave org_units out", ErrorKind::conflict},
      {409, "could not initialize proxy [OrganisationUnit#62] - no Session", "one by one",
       ErrorKind::conflict},
      {400, "At least 2 attributes should be mentioned in the search criteria.", "add some",
       ErrorKind::bad_input}};
  TrackedInstance instance;
  for (const auto& [status, message, words, kind] : cases) {
    instance.server.on(
        "GET", kEntities,
        {status,
         Json{{"httpStatusCode", status}, {"status", "ERROR"}, {"message", message}}.dump()});
    const ToolResult result = instance.call("tracker_find", R"({"program":"ACGFZknRgLX"})");
    ASSERT_TRUE(result.is_error) << message;
    EXPECT_NE(result.text.find(message), std::string::npos) << result.text;
    EXPECT_NE(result.text.find(words), std::string::npos) << result.text;
    EXPECT_EQ(result.error->kind, kind) << result.text;
  }
}

TEST(TrackerFind, SaysThatNothingFits) {
  TrackedInstance instance;
  instance.server.get(kEntities, R"({"pager":{"page":1,"pageSize":100},"trackedEntities":[]})");
  const Json answer = instance.answer("tracker_find", R"({"program":"ACGFZknRgLX"})");
  EXPECT_TRUE(answer["rows"].empty());
  EXPECT_EQ(answer["truncated"], false);
  EXPECT_NE(notes(answer).find("Nothing fits"), std::string::npos);
}

TEST(EventFind, ShowsDataElementsInTheOrderOfTheProgramWithNames) {
  TrackedInstance instance;
  instance.server.get(kEvents, events_page("events", 0, 1, false));

  const Json answer = instance.answer("event_find", R"({"program":"Svw72tiR0Da"})");

  EXPECT_EQ(answer["columns"].dump(),
            Json({"Event", "Date", "Org unit", "Status", "Age", "Result"}).dump())
      << answer;
  EXPECT_EQ(answer["rows"][0].dump(),
            R"(["event100000","2026-11-03","Clinic","COMPLETED",7,"Positive"])");
  EXPECT_EQ(answer["read_as"][0], "Malaria cases = program Svw72tiR0Da");
  instance.server.forget();
  instance.answer("event_find", R"({"program":"Svw72tiR0Da"})");
  EXPECT_EQ(instance.server.seen().size(), 1u);  // names are remembered
}

TEST(EventFind, AsksEachVersionInItsOwnWords) {
  const std::string question =
      R"({"program":"ACGFZknRgLX","stage":"first visit","periods":["202601","202602"],
          "org_units":["under UvePRDui19N"],"status":"completed",
          "filter":["HIV test = Positive","First name = Ama","enrollment status = active"]})";
  const std::tuple<const char*, const char*> cases[] = {
      {"2.40.3",
       "program=ACGFZknRgLX&programStage=f35ZHCxlhFa&orgUnit=UvePRDui19N&ouMode=DESCENDANTS"
       "&occurredAfter=2026-01-01&occurredBefore=2026-02-28&status=COMPLETED"
       "&filter=zE9x8BZl2V0:in:POS&filterAttributes=zjjwRl76LGB:eq:Ama&programStatus=ACTIVE"},
      {"2.41.9",
       "program=ACGFZknRgLX&programStage=f35ZHCxlhFa&orgUnit=UvePRDui19N&orgUnitMode=DESCENDANTS"
       "&occurredAfter=2026-01-01&occurredBefore=2026-02-28&status=COMPLETED"
       "&filter=zE9x8BZl2V0:eq:POS&filterAttributes=zjjwRl76LGB:eq:Ama&programStatus=ACTIVE"},
      {"2.43.1",
       "program=ACGFZknRgLX&programStage=f35ZHCxlhFa&orgUnit=UvePRDui19N&orgUnitMode=DESCENDANTS"
       "&occurredAfter=2026-01-01&occurredBefore=2026-02-28&status=COMPLETED"
       "&filter=zE9x8BZl2V0:eq:POS&filterAttributes=zjjwRl76LGB:eq:Ama&enrollmentStatus=ACTIVE"}};
  for (const auto& [version, wanted] : cases) {
    TrackedInstance instance(version);
    instance.server.get(kEvents, events_page("events", 0, 1, false));
    const ToolResult result = instance.call("event_find", question);
    EXPECT_FALSE(result.is_error) << result.text;
    EXPECT_EQ(instance.condition(kEvents), wanted) << version;
  }
}

TEST(EventFind, TellsHowPeriodsWereReadAndTakesOtherDates) {
  TrackedInstance instance;
  instance.server.get(kEvents, events_page("events", 0, 1, false));
  const Json answer = instance.answer(
      "event_find",
      R"({"program":"ACGFZknRgLX","periods":["scheduled: 2026Q1","enrolled: 2025"]})");
  EXPECT_EQ(
      instance.condition(kEvents),
      "program=ACGFZknRgLX&enrollmentEnrolledAfter=2025-01-01&enrollmentEnrolledBefore=2025-12-31"
      "&scheduledAfter=2026-01-01&scheduledBefore=2026-03-31");
  EXPECT_NE(answer["read_as"].dump().find("2026Q1 = 2026-01-01 to 2026-03-31 (scheduled)"),
            std::string::npos)
      << answer["read_as"];

  const ToolResult gap =
      instance.call("event_find", R"({"program":"ACGFZknRgLX","periods":["202601","202603"]})");
  EXPECT_TRUE(gap.is_error);
}

TEST(EventFind, KeepsTheRestForResultPageUnderTheSameColumns) {
  for (const char* member : {"instances", "events"}) {
    TrackedInstance instance(member == std::string("instances") ? "2.40.3" : "2.42.1");
    instance.server.on("GET", kEvents, [member](const Seen& seen) {
      const bool second = seen.query.find("page=2") != std::string::npos;
      Json page = Json::parse(events_page(member, second ? 100 : 0, 100, !second));
      if (second) {
        page[member][99]["dataValues"].push_back(
            {{"dataElement", "rP8UcSL671T"}, {"value", "Old Town"}});
      }
      return Reply{200, page.dump()};
    });
    const Json first = instance.answer("event_find", R"({"program":"Svw72tiR0Da"})");
    ASSERT_EQ(first["truncated"], true) << first;
    ASSERT_EQ(first["returned"], 100) << first;

    const Json rest = instance.answer(
        "result_page", Json({{"result", first["result"]}, {"from_row", 100}}).dump());

    EXPECT_EQ(rest["returned"], 100) << rest;
    EXPECT_EQ(rest["truncated"], false);
    EXPECT_EQ(rest["columns"].back(), "Village");
    EXPECT_EQ(rest["rows"][99].dump(),
              R"(["event100199","2026-11-03","Clinic","COMPLETED",7,"Positive","Old Town"])");
  }
}

TEST(EventFind, AsksOnceForUnitsThatLieInEachOther) {
  TrackedInstance instance;
  instance.server.get(kEvents, entities_page("events"));
  instance.server.get("/api/organisationUnits",
                      R"({"organisationUnits":[{"id":"UvePRDui19N","path":"/UvePRDui19N"},
                          {"id":"KTKKCHBot5X","path":"/UvePRDui19N/dol0EV0KIzB/KTKKCHBot5X"}]})");
  instance.answer("event_find",
                  R"({"program":"Svw72tiR0Da","org_units":["KTKKCHBot5X","UvePRDui19N"]})");
  EXPECT_EQ(instance.server.count(kEvents), 1u);
  EXPECT_NE(instance.condition(kEvents).find("=UvePRDui19N&"), std::string::npos)
      << instance.condition(kEvents);
}

TEST(EventFind, TakesNoChildrenOfUnitsThatLieInEachOther) {
  TrackedInstance instance;
  instance.server.get(kEvents, events_page("events", 0, 1, false));
  instance.server.get("/api/organisationUnits",
                      R"({"organisationUnits":[{"id":"UvePRDui19N","path":"/UvePRDui19N"},
                          {"id":"KTKKCHBot5X","path":"/UvePRDui19N/KTKKCHBot5X"}]})");
  const ToolResult result = instance.call("event_find",
                                          R"({"program":"Svw72tiR0Da",
          "org_units":["children of KTKKCHBot5X","children of UvePRDui19N"]})");
  EXPECT_TRUE(result.is_error) << result.text;
  EXPECT_NE(result.text.find("call of its own"), std::string::npos) << result.text;
  EXPECT_EQ(instance.server.count(kEvents), 0u);
}

TEST(EventFind, AsksSeveralUnitsOneAfterTheOther) {
  TrackedInstance instance;
  instance.server.on("GET", kEvents, [](const Seen& seen) {
    const bool other = seen.query.find("ONIdcvJuMLw") != std::string::npos;
    return Reply{200, events_page("events", other ? 1 : 0, 1, false)};
  });
  const Json answer = instance.answer(
      "event_find",
      R"({"program":"Svw72tiR0Da","org_units":["only KTKKCHBot5X","only ONIdcvJuMLw"]})");
  EXPECT_EQ(answer["returned"], 2) << answer;
  EXPECT_EQ(answer["truncated"], false);
  EXPECT_EQ(answer["total"], 2);
  EXPECT_EQ(instance.server.count(kEvents), 2u);
}

}  // namespace
}  // namespace dhis2mcp::test
