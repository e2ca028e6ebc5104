// SPDX-License-Identifier: BSD-3-Clause
// What differs between the objects of two instances, in words that say what to do where.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/compare_members.h"
#include "tools/compare_objects.h"
#include "tools/table.h"

namespace dhis2mcp {

// The smaller the change that would make it go, the earlier it is told.
enum class Effort { wording, setting, order, access, membership, formula, creation, object };

struct Difference {
  Effort effort;
  std::string object, property;
  Cell here, there;
  std::string advice;
};

// Runs over the objects twice: the first run finds out which names and objects have to be looked
// up on either side, the second one, once they are known, has the differences.
class Comparison {
 public:
  // `ignored` are members by name, wherever they stand.
  Comparison(ComparedSide& here, ComparedSide& there, std::set<std::string> ignored);

  void compare(const std::string& type, const Json& here, const Json& there);

  // A whole object that one side does not have.
  void missing(const std::string& type, const Json& object, bool on_here);

  // Smallest first, otherwise as they were found.
  std::vector<Difference> differences() const;

  // What has to be looked up on a side: UIDs whose names are wanted, and objects of the other side
  // that may exist here, by type.
  struct Wanted {
    std::map<std::string, std::set<std::string>> uids;
    std::map<std::string, std::vector<Json>> objects;
    bool empty() const { return uids.empty() && objects.empty(); }
  };
  const Wanted& wanted(bool of_here) const { return of_here ? want_here_ : want_there_; }

  // What a side lacks though objects of the other depend on it, as "data element X".
  const std::vector<std::string>& lacking(bool of_here) const {
    return of_here ? lack_here_ : lack_there_;
  }
  const std::map<std::string, int>& compared() const { return compared_; }  // pairs by type
  // Nested objects that were matched by another thing than their UID.
  const std::map<MatchedBy, std::set<std::string>>& matched() const { return matched_; }
  const std::set<std::string>& not_in_both() const { return not_in_both_; }  // members
  const std::set<std::string>& ignored() const { return used_; }  // those that stood somewhere

 private:
  // Where in an object the run is.
  struct Place {
    std::string type;    // of the object or the part
    std::string object;  // "data element CPN 1"
    std::string prefix;  // "dataSetElements."
  };

  void members(const Place& place, const Json& here, const Json& there);
  void member(const Place& place, const Member& member, const Json& here, const Json& there);
  bool skipped(const Place& place, const Member& member, const Json& here, const Json& there);
  void value(const Place& place, const Member& member, const Json& here, const Json& there);
  void reference(const Place& place, const Member& member, const Json& here, const Json& there);
  void list(const Place& place, const Member& member, const Json& here, const Json& there);
  void parts(const Place& place, const Member& member, const Json& here, const Json& there);
  std::map<std::string, std::string> own_uids(const std::vector<Member>& inner,
                                              const std::vector<const Json*>& mine,
                                              const std::vector<const Json*>& others);
  std::string translated(std::string formula, const UidsByType& from, const UidsByType& to) const;
  Cell formula_cell(const std::string& formula, const Place& place, bool of_here) const;
  void formula(const Place& place, const Member& member, const Json& here, const Json& there);
  void sharing(const Place& place, const Json& here, const Json& there);
  void grants(const Place& place, const char* kind, const Json& here, const Json& there);
  void only_on(const Place& place, const Member& member, const Json& item, bool on_here);
  void follow(const std::string& type, const Pairing::Pair& pair, bool into);
  void order(const Place& place, const Member& member, const Pairing& pairing,
             const std::vector<const Json*>& there);
  bool exists(const std::string& type, const Json& object, bool on_here);
  void need_dependencies(const std::string& type, const Json& object, bool of_here);
  void want_names(const std::string& formula, const std::string& type, bool of_here);
  void want_name(const std::string& type, const Json& reference, bool of_here);
  void add(Effort effort, const Place& place, const std::string& property, Cell here, Cell there,
           std::string advice);
  std::string part_label(const Member& member, const Json& part, bool of_here,
                         bool first_alone = false) const;
  std::vector<Member> part_members(const Member& member, const Json& here, const Json& there) const;
  ComparedSide& side(bool here) const { return here ? here_ : there_; }

  ComparedSide &here_, &there_;
  std::set<std::string> ignored_, used_, not_in_both_;
  std::set<std::pair<std::string, std::string>> done_;
  std::vector<Difference> differences_;
  Wanted want_here_, want_there_;
  std::vector<std::string> lack_here_, lack_there_;
  std::set<std::string> lacked_;
  std::map<std::string, int> compared_;
  std::map<MatchedBy, std::set<std::string>> matched_;
};

// "data element", as people say it; the type itself where the catalogue does not know it.
std::string words_of_type(const std::string& type);

// For people: a text as it stands, other JSON compact; cut where it is long.
Cell shown_cell(const Json& value);

// A form in which values that say the same are equal texts: nothing is "" and an empty list, 1 is
// 1.0, lists and members stand in any order.
std::string plain_text(const Json& value);

}  // namespace dhis2mcp
