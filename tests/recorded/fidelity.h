// SPDX-License-Identifier: BSD-3-Clause
// Whether an answer of dhis2_query says all that the recorded server said.
#pragma once

#include <string>

#include "tests/recorded/product.h"

namespace recorded {

enum class Verdict { right, missed, refused, not_comparable };

struct Judgement {
  Verdict verdict = Verdict::right;
  std::string why;  // of a miss: short and alike for alike misses
};

// Asks for the recorded path and reads on through result_page while the answer is cut.
Judgement judge(Product& product, const Exchange& exchange);

// For a complete analytics answer: the same multiset of rows, dimension items by UID or by name.
Judgement judge_rows(Product& product, const Exchange& exchange);

}  // namespace recorded
