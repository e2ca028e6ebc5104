// SPDX-License-Identifier: BSD-3-Clause
// One table of words. Accents were folded before, so that "fevrier" is both spellings.
#include "tools/period_words.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

enum class Kind {
  noise,
  unit,
  units,
  last,
  current,
  financial,
  today,
  yesterday,
  since,
  from,
  number,
  weekday,
  each
};

struct Word {
  std::string_view text;  // spellings between spaces
  Kind kind;
  int value;
};

constexpr int as_int(PeriodUnit unit) { return static_cast<int>(unit); }

constexpr Word kWords[] = {
    {"of in the for de del des du d l la le les el los las do da das no na en em "
     "st nd rd th er eme e o a as",
     Kind::noise, 0},
    {"from starting start begins beginning", Kind::from, 0},
    {"day jour dia", Kind::unit, as_int(PeriodUnit::day)},
    {"days jours dias daily quotidien diario", Kind::units, as_int(PeriodUnit::day)},
    {"week wk w semaine semana", Kind::unit, as_int(PeriodUnit::week)},
    {"weeks semaines semanas weekly hebdomadaire semanal", Kind::units, as_int(PeriodUnit::week)},
    {"biweek biw fortnight quinzaine quincena quinzena", Kind::unit, as_int(PeriodUnit::two_weeks)},
    {"biweeks fortnights quinzaines quincenas quinzenas biweekly", Kind::units,
     as_int(PeriodUnit::two_weeks)},
    {"month mes", Kind::unit, as_int(PeriodUnit::month)},
    // French has one word for both numbers.
    {"months mois meses monthly mensuel mensual mensal", Kind::units, as_int(PeriodUnit::month)},
    {"bimonth bimester bimestre", Kind::unit, as_int(PeriodUnit::two_months)},
    {"bimonths bimesters bimestres bimonthly", Kind::units, as_int(PeriodUnit::two_months)},
    {"quarter qtr q trimestre trim t", Kind::unit, as_int(PeriodUnit::quarter)},
    {"quarters trimestres quarterly trimestriel trimestral", Kind::units,
     as_int(PeriodUnit::quarter)},
    {"half h s semester semestre sixmonth halfyear", Kind::unit, as_int(PeriodUnit::half)},
    {"halves semesters semestres sixmonths sixmonthly halfyears", Kind::units,
     as_int(PeriodUnit::half)},
    {"year an annee ano", Kind::unit, as_int(PeriodUnit::year)},
    {"years ans annees anos yearly annual annually", Kind::units, as_int(PeriodUnit::year)},
    {"last past previous prior dernier derniers derniere dernieres passe passee ultimo ultimos "
     "ultima ultimas pasado pasada passado passada",
     Kind::last, 0},
    {"this current ce cet cette este esta actual atual courant courante", Kind::current, 0},
    {"fy financial fiscal financier financiere exercice budgetaire financiero financeiro ejercicio "
     "exercicio",
     Kind::financial, 0},
    {"today now present date aujourd'hui maintenant hoy hoje ahora agora", Kind::today, 0},
    {"yesterday hier ayer ontem", Kind::yesterday, 0},
    {"since depuis desde", Kind::since, 0},
    {"by per each every all par por cada chaque", Kind::each, 0},
    {"one first un une premier premiere primer primero primera primeiro primeira i", Kind::number,
     1},
    {"two second deux deuxieme dos segundo segunda dois ii", Kind::number, 2},
    {"three third trois troisieme tres tercer tercero terceiro iii", Kind::number, 3},
    {"four fourth quatre quatrieme cuatro cuarto quatro quarto iv", Kind::number, 4},
    {"five cinq cinco", Kind::number, 5},
    {"six seis", Kind::number, 6},
    {"seven sept siete sete", Kind::number, 7},
    {"eight huit ocho oito", Kind::number, 8},
    {"nine neuf nueve nove", Kind::number, 9},
    {"ten dix diez dez", Kind::number, 10},
    {"twelve douze doce doze", Kind::number, 12},
    {"monday", Kind::weekday, 1},
    {"wednesday wed", Kind::weekday, 3},
    {"thursday thu", Kind::weekday, 4},
    {"friday fri", Kind::weekday, 5},
    {"saturday sat", Kind::weekday, 6},
    {"sunday sun", Kind::weekday, 7},
};

// English, French, Spanish, Portuguese.
constexpr std::array<std::string_view, 12> kMonths = {
    "january janvier enero janeiro",
    "february fevrier febrero fevereiro",
    "march mars marzo marco",
    "april avril abril",
    "may mai mayo maio",
    "june juin junio junho",
    "july juillet julio julho",
    "august aout agosto",
    "september septembre septiembre setiembre setembro",
    "october octobre octubre outubro",
    "november novembre noviembre novembro",
    "december decembre diciembre dezembro"};

// Base letters of U+00C0 to U+00FF; a dash where there is none.
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiii-nooooo-ouuuuy--aaaaaaaceeeeiiii-nooooo-ouuuuy-y";

template <typename Do>
void each_spelling(std::string_view list, const Do& visit) {
  while (!list.empty()) {
    const auto cut = list.find(' ');
    visit(list.substr(0, cut));
    if (cut == std::string_view::npos) return;
    list.remove_prefix(cut + 1);
  }
}

bool holds(std::string_view list, std::string_view word) {
  bool found = false;
  each_spelling(list, [&](std::string_view one) { found = found || one == word; });
  return found;
}

// At least three letters with which names of one month alone begin.
std::optional<int> gregorian_month(std::string_view word) {
  if (word.size() < 3) return std::nullopt;
  int found = 0;
  bool several = false, whole = false;
  for (int month = 1; month <= 12; ++month) {
    each_spelling(kMonths[static_cast<std::size_t>(month - 1)], [&](std::string_view name) {
      if (whole || !name.starts_with(word)) return;
      several = several || (found != 0 && found != month);
      found = month;
      whole = name.size() == word.size();
      if (whole) several = false;
    });
  }
  return found == 0 || several ? std::nullopt : std::optional(found);
}

// Names of several words and those with a dash become "@3", which the tokens below keep whole.
std::string with_months_joined(std::string text, const Calendar& calendar) {
  for (int month = 1; month <= 13; ++month) {
    for (const std::string_view name : calendar.month_names(month)) {
      if (name.find_first_of(" -") == std::string_view::npos) continue;
      const std::string wanted = folded_words(name);
      const auto at = text.find(wanted);
      if (at == std::string::npos) continue;
      // "Rabi i" begins "Rabi ii".
      const auto end = at + wanted.size();
      if (end < text.size() && is_letter_or_digit(text[end])) continue;
      text.replace(at, wanted.size(), "@" + std::to_string(month) + " ");
    }
  }
  return text;
}

class Reader {
 public:
  explicit Reader(const Calendar& calendar) : calendar_(calendar) {}

  void token(std::string_view word) {
    if (word.front() == '@') {
      words_.month = number_of(word.substr(1));
    } else if (is_digit(word.front())) {
      number(word);
    } else if (!month(word)) {
      known(word);
    }
  }

  PeriodWords words() const { return words_; }

 private:
  static int number_of(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }

  void number(std::string_view digits) {
    if (digits.size() > 4) {
      words_.unknown = true;
    } else if (digits.size() == 4) {
      words_.years.push_back(number_of(digits));
    } else {
      words_.numbers.push_back(number_of(digits));
      number_before_ = true;
    }
  }

  bool month(std::string_view word) {
    // "mai" and "sept" are months before they are anything else; "sem" is none.
    const bool own = !calendar_.has_gregorian_months();
    int found = own ? calendar_.month_named(word) : 0;
    if (found == 0) {
      const auto gregorian = gregorian_month(word);
      if (!gregorian) return false;
      if (own) {
        words_.gregorian = std::string(word);
        return true;
      }
      found = *gregorian;
    }
    words_.unknown = words_.unknown || words_.month.has_value();
    words_.month = found;
    return true;
  }

  void unit(PeriodUnit unit, bool plural) {
    words_.units.push_back(unit);
    words_.each = words_.each || plural;
    if (!plural || !number_before_) return;
    words_.years_counted = !words_.counted && unit == PeriodUnit::year;
    words_.counted = true;
  }

  void known(std::string_view text) {
    for (const Word& word : kWords) {
      if (holds(word.text, text)) return take(word);
    }
    words_.unknown = true;
  }

  void take(const Word& word) {
    switch (word.kind) {
      case Kind::noise:
        return;
      case Kind::unit:
      case Kind::units:
        unit(static_cast<PeriodUnit>(word.value), word.kind == Kind::units);
        return;
      case Kind::last:
        words_.last = true;
        return;
      case Kind::current:
        words_.current = true;
        return;
      case Kind::financial:
        words_.financial = true;
        return;
      case Kind::today:
        words_.today = true;
        return;
      case Kind::yesterday:
        words_.yesterday = true;
        return;
      case Kind::since:
        words_.since = true;
        return;
      case Kind::from:
        words_.from = true;
        return;
      case Kind::each:
        words_.each = true;
        return;
      case Kind::weekday:
        words_.weekday = word.value;
        return;
      case Kind::number:
        words_.numbers.push_back(word.value);
        number_before_ = true;
        return;
    }
  }

  const Calendar& calendar_;
  PeriodWords words_;
  bool number_before_ = false;
};

bool of_a_word(char c) { return is_letter(c) || c == '\'' || is_beyond_ascii(c); }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string folded_words(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == 0xC3 && next >= 0x80 && next <= 0xBF) {
      out += kLatin[next - 0x80U];
      ++i;
    } else if (byte == 0xC2 && (next == 0xA0 || next == 0xBA || next == 0xAA || next == 0xB0)) {
      out += ' ';  // a space that does not break; the signs of ordinals
      ++i;
    } else if (byte == 0xE2 && next == 0x80 && i + 2 < text.size()) {
      const auto third = static_cast<unsigned char>(text[i + 2]);
      out += third == 0x99 ? '\'' : third >= 0x90 && third <= 0x95 ? '-' : ' ';
      i += 2;
    } else if (byte < 0x20 || text[i] == '_') {
      out += ' ';
    } else {
      out += lower_letter(text[i]);
    }
  }
  for (const auto& [from, to] :
       {std::pair("  ", " "), std::pair("six-month", "sixmonth"), std::pair("bi-", "bi"),
        std::pair("half-year", "halfyear"), std::pair("half year", "halfyear")}) {
    replace_all(out, from, to);
  }
  const auto first = out.find_first_not_of(" .,");
  if (first == std::string::npos) return {};
  return out.substr(first, out.find_last_not_of(" .,") - first + 1);
}

PeriodWords period_words(std::string_view folded, const Calendar& calendar) {
  const std::string text = with_months_joined(std::string(folded), calendar);
  Reader reader(calendar);
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (text[i] == '@' || is_digit(text[i])) {
      while (end < text.size() && is_digit(text[end])) ++end;
    } else if (of_a_word(text[i])) {
      while (end < text.size() && of_a_word(text[end])) ++end;
    } else {
      ++i;
      continue;
    }
    // "l'annee derniere"
    if (text.compare(i, 2, "l'") == 0) i += 2;
    if (i < end) reader.token(std::string_view(text).substr(i, end - i));
    i = end;
  }
  return reader.words();
}

}  // namespace dhis2mcp
