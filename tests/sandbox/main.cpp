// SPDX-License-Identifier: BSD-3-Clause
// dhis2-sandbox: a practice DHIS2 for tests and demonstrations.
#include <iostream>

#include "tests/sandbox/country.h"

int main() {
  sandbox::Country country(sandbox::Settings{});
  std::cout << country.units().size() << "\n";
}
