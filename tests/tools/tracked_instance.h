// SPDX-License-Identifier: BSD-3-Clause
// An instance with one tracker program of two stages and one event program, as tracker tools meet
// it; what lists answer is scripted by each test.
#pragma once

#include <string>

#include "tests/tools/instance.h"

namespace dhis2mcp::test {

inline constexpr char kAnc[] = R"({"id":"ACGFZknRgLX","displayName":"Antenatal care",
  "programType":"WITH_REGISTRATION","trackedEntityType":{"id":"paxaGXfql5x","displayName":"Person"},
  "categoryCombo":{"name":"default"},
  "programTrackedEntityAttributes":[
    {"trackedEntityAttribute":{"id":"zjjwRl76LGB","name":"First name","displayName":"First name","code":"TEA_FN","valueType":"TEXT"}},
    {"trackedEntityAttribute":{"id":"wfYkrcEU5OP","name":"Sex","displayName":"Sex","valueType":"TEXT","optionSet":{"id":"YkEXYKHViF1"}}},
    {"trackedEntityAttribute":{"id":"DjlPqdsimPN","name":"Date of birth","displayName":"Date of birth","valueType":"AGE"}}],
  "programStages":[
    {"id":"h47LS5Vr4Q3","name":"Follow-up","displayName":"Follow-up","sortOrder":2,"programStageDataElements":[
      {"dataElement":{"id":"lhdy9nyQN32","name":"Weight","displayName":"Weight","valueType":"NUMBER"}}]},
    {"id":"f35ZHCxlhFa","name":"First visit","displayName":"First visit","sortOrder":1,"programStageDataElements":[
      {"dataElement":{"id":"lhdy9nyQN32","name":"Weight","displayName":"Weight","valueType":"NUMBER"}},
      {"dataElement":{"id":"zE9x8BZl2V0","name":"HIV test","displayName":"HIV test","valueType":"TEXT","optionSet":{"id":"gnsc8cPibAF"}}}]}]})";

inline constexpr char kMalaria[] = R"({"id":"Svw72tiR0Da","displayName":"Malaria cases",
  "programType":"WITHOUT_REGISTRATION","categoryCombo":{"name":"default"},
  "programStages":[{"id":"vQ0LmnMIY05","name":"Case","displayName":"Case","programStageDataElements":[
    {"dataElement":{"id":"SOTMfSRgvnN","name":"Age","displayName":"Age","valueType":"INTEGER"}},
    {"dataElement":{"id":"rP8UcSL671T","name":"Village","displayName":"Village","valueType":"TEXT"}},
    {"dataElement":{"id":"SV31TIY2q0G","name":"Result","displayName":"Result","valueType":"TEXT","optionSet":{"id":"gnsc8cPibAF"}}}]}]})";

class TrackedInstance : public Instance {
 public:
  explicit TrackedInstance(const std::string& version = "2.42.1", bool pii_allowed = false)
      : Instance(version, pii_allowed) {
    server.get("/api/programs/ACGFZknRgLX", kAnc);
    server.get("/api/programs/Svw72tiR0Da", kMalaria);
    server.get("/api/programs", R"({"programs":[)" + std::string(kAnc) + "]}");
    server.get("/api/optionSets/YkEXYKHViF1",
               R"({"options":[{"code":"F","name":"Female"},{"code":"M","name":"Male"}]})");
    server.get(
        "/api/optionSets/gnsc8cPibAF",
        R"({"options":[{"code":"POS","name":"Positive"},{"code":"NEG","name":"Negative"}]})");
    server.get("/api/options", R"({"options":[
        {"code":"F","displayName":"Female","optionSet":{"id":"YkEXYKHViF1"}},
        {"code":"POS","displayName":"Positive","optionSet":{"id":"gnsc8cPibAF"}},
        {"code":"NEG","displayName":"Negative","optionSet":{"id":"gnsc8cPibAF"}}]})");
    server.on("GET", "/api/organisationUnits", [](const Seen& seen) {
      const std::string query = percent_decode(seen.query);
      Json units = Json::array();
      for (const auto& [uid, parent] :
           {std::pair("KTKKCHBot5X", "North"), std::pair("ONIdcvJuMLw", "South")}) {
        const bool by_uid = query.find("id:in:") != std::string::npos;
        if (by_uid && query.find(uid) == std::string::npos) continue;
        units.push_back(
            {{"id", uid}, {"displayName", "Clinic"}, {"parent", {{"displayName", parent}}}});
      }
      return Reply{200, Json{{"organisationUnits", units}}.dump()};
    });
  }

  // What was last asked of a path, without what says only how the answer looks.
  std::string condition(const std::string& path) const {
    std::string out;
    std::string rest = asked(path);
    while (!rest.empty()) {
      const auto cut = rest.find('&');
      const std::string part = rest.substr(0, cut);
      rest = cut == std::string::npos ? std::string() : rest.substr(cut + 1);
      bool shape = false;
      for (const char* name : {"fields=", "pageSize=", "totalPages=", "displayProperty="}) {
        shape = shape || part.starts_with(name);
      }
      if (!shape) out += (out.empty() ? "" : "&") + part;
    }
    return out;
  }
};

}  // namespace dhis2mcp::test
