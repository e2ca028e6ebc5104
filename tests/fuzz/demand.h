// SPDX-License-Identifier: BSD-3-Clause
// How a fuzz target says that an answer is wrong: libFuzzer keeps the input of an abort.
#pragma once

#include <cstdio>
#include <cstdlib>

// For targets alone: no test framework runs here.
#define DEMAND(condition)                                                                 \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)
