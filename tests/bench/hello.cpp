// SPDX-License-Identifier: BSD-3-Clause
// The least a program can do: answers the first line with one, then idles until its input ends.
// Linked statically by tests/bench/run, as the measure of what the machine itself costs.
#include <unistd.h>

int main() {
  char byte = 0;
  while (read(0, &byte, 1) == 1 && byte != '\n') {
  }
  constexpr char kAnswer[] = "hello, world\n";
  if (write(1, kAnswer, sizeof kAnswer - 1) < 0) return 1;
  while (read(0, &byte, 1) == 1) {
  }
  return 0;
}
