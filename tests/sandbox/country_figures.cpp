// SPDX-License-Identifier: BSD-3-Clause
// Data values and completeness: from the embedded series into SQLite.
#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/sandbox/country_build.h"
#include "tests/sandbox/embedded.h"

namespace sandbox {
namespace {

constexpr const char* kTables = R"sql(
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE data_value(data_element TEXT NOT NULL, period TEXT NOT NULL, org_unit TEXT NOT NULL,
  category_option_combo TEXT NOT NULL, attribute_option_combo TEXT NOT NULL, value TEXT NOT NULL,
  comment TEXT, follow_up INTEGER NOT NULL, stored_by TEXT NOT NULL DEFAULT 'admin',
  created TEXT NOT NULL DEFAULT '2026-11-21T09:45:34.291',
  last_updated TEXT NOT NULL DEFAULT '2026-11-21T09:45:34.291',
  PRIMARY KEY(data_element, period, org_unit, category_option_combo, attribute_option_combo)
) WITHOUT ROWID;
CREATE TABLE completeness(data_set TEXT NOT NULL, period TEXT NOT NULL, org_unit TEXT NOT NULL,
  attribute_option_combo TEXT NOT NULL, date TEXT NOT NULL,
  stored_by TEXT NOT NULL DEFAULT 'admin',
  created TEXT NOT NULL DEFAULT '2026-11-21T09:45:38.110',
  PRIMARY KEY(data_set, period, org_unit, attribute_option_combo)) WITHOUT ROWID;
)sql";

// How many years of history scale adds: each step repeats the two recorded years, five at most.
constexpr int kMostHistory = 5;

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(by);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// "Page 1\nPage 2" stands as "Page 1\\nPage 2" in the series.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
    } else {
      plain += text[++i] == 'n' ? '\n' : text[i];
    }
  }
  return plain;
}

// The same period some years earlier; every period id starts with its year.
std::string years_before(std::string_view period, int years) {
  return std::to_string(std::stoi(std::string(period.substr(0, 4))) - years) +
         std::string(period.substr(4));
}

void write_values(SQLite::Database& database, const Settings& settings,
                  const std::set<std::string>& facilities) {
  SQLite::Statement insert(database,
                           "INSERT INTO data_value(data_element, org_unit, category_option_combo, "
                           "attribute_option_combo, period, value, comment, follow_up) "
                           "VALUES(?,?,?,?,?,?,?,?)");
  const auto put = [&](const std::string& unit, const std::string& period,
                       const std::vector<std::string_view>& parts) {
    insert.bind(2, unit);
    insert.bind(5, period);
    insert.bind(6, unescaped(parts[1]));
    if (parts.size() > 3 && !parts[3].empty()) {
      insert.bind(7, std::string(parts[3]));
    } else {
      insert.bind(7);
    }
    insert.bind(8, parts.size() > 2 && parts[2] == "f" ? 1 : 0);
    insert.exec();
    insert.reset();
  };
  const std::string text = text_for("values.tsv.gz", settings);
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    insert.bind(1, std::string(fields[0]));
    insert.bind(3, std::string(fields[2]));
    insert.bind(4, std::string(fields[3]));
    const std::string unit(fields[1]);
    for (size_t i = 4; i < fields.size(); ++i) {
      const auto parts = split(fields[i], '|');
      for (int back = 0; back < std::min(settings.scale, kMostHistory + 1); ++back) {
        // Yearly series run over three calendar years, all others over two years.
        const int years = parts[0].size() == 4 ? 3 : 2;
        put(unit, years_before(parts[0], years * back), parts);
      }
    }
    const auto latest = split(fields.back(), '|');
    for (int n = 2; n <= settings.scale && facilities.count(unit); ++n) {
      put(copy_of(unit, n), std::string(latest[0]), latest);
    }
  }
}

// What the recorded 2.43 server held otherwise: "-" for a value that was not there.
void write_corrections(SQLite::Database& database, const Settings& settings) {
  if (settings.major != 43 || settings.variant == "payload") return;
  const char* const key =
      " WHERE data_element=?1 AND org_unit=?2 AND category_option_combo=?3 AND "
      "attribute_option_combo=?4 AND period=?5";
  SQLite::Statement change(database, std::string("UPDATE data_value SET value=?6") + key);
  SQLite::Statement remove(database, std::string("DELETE FROM data_value") + key);
  SQLite::Statement insert(database,
                           "INSERT OR IGNORE INTO data_value(data_element, org_unit, "
                           "category_option_combo, attribute_option_combo, period, value, "
                           "follow_up) VALUES(?1,?2,?3,?4,?5,?6,0)");
  const auto run = [](SQLite::Statement& statement, const std::vector<std::string_view>& fields,
                      const std::vector<std::string_view>& parts, bool valued) {
    for (int i = 0; i < 4; ++i) statement.bind(i + 1, std::string(fields[static_cast<size_t>(i)]));
    statement.bind(5, std::string(parts[0]));
    if (valued) statement.bind(6, std::string(parts[1]));
    const int changed = statement.exec();
    statement.reset();
    return changed;
  };
  const std::string text = text_for("values_2.43.tsv.gz", settings);
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    for (size_t i = 4; i < fields.size(); ++i) {
      const auto parts = split(fields[i], '|');
      if (parts[1] == "-") {
        run(remove, fields, parts, false);
      } else if (run(change, fields, parts, true) == 0) {
        run(insert, fields, parts, true);
      }
    }
  }
}

void write_completeness(SQLite::Database& database, const Settings& settings) {
  SQLite::Statement insert(database,
                           "INSERT INTO completeness(data_set, org_unit, attribute_option_combo, "
                           "period, date) VALUES(?,?,?,?,?)");
  const std::string text = text_for("completeness.tsv.gz", settings);
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    for (size_t i = 3; i < fields.size(); ++i) {
      const auto parts = split(fields[i], '|');
      for (int n = 1; n <= (i + 1 == fields.size() ? settings.scale : 1); ++n) {
        insert.bind(1, std::string(fields[0]));
        insert.bind(2, n == 1 ? std::string(fields[1]) : copy_of(fields[1], n));
        insert.bind(3, std::string(fields[2]));
        insert.bind(4, std::string(parts[0]));
        insert.bind(5, std::string(parts[1]));
        insert.exec();
        insert.reset();
      }
    }
  }
}

}  // namespace

void write_figures(const std::filesystem::path& file, const Settings& settings,
                   const std::set<std::string>& facilities) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(kTables);
  SQLite::Transaction transaction(database);
  write_values(database, settings, facilities);
  write_corrections(database, settings);
  write_completeness(database, settings);
  transaction.commit();
  database.exec("CREATE INDEX by_unit ON data_value(org_unit, period)");
}

}  // namespace sandbox
