# SPDX-License-Identifier: BSD-3-Clause
# What tests/run and .ci/run share: building, running a suite, adding up. Sourced from the top
# folder, with `set -eu`.

passed=0
failed=0
skipped=0
jobs=$(nproc)
launcher=
if command -v ccache > /dev/null; then launcher=-DCMAKE_CXX_COMPILER_LAUNCHER=ccache; fi

# phase NAME COMMAND... runs the command and says how long it took; its status is the command's.
phase() {
  phase_name=$1
  shift
  phase_start=$(date +%s)
  phase_status=0
  "$@" || phase_status=$?
  printf '== %s: %s s\n' "$phase_name" "$(($(date +%s) - phase_start))"
  return "$phase_status"
}

# A step that had to work and did not: counted as one failure, and told.
broken() {
  printf '!! %s\n' "$*"
  failed=$((failed + 1))
}

configure_and_build() {
  # shellcheck disable=SC2086
  cmake --preset "$1" $launcher > "build/$1.configure.log" 2>&1 || {
    cat "build/$1.configure.log"
    return 1
  }
  cmake --build --preset "$1" -j "$jobs" || return 1
}

# One attribute of the <testsuite> element of a JUnit file.
junit_count() {
  head -n 12 "$1" | tr '\n\t' '  ' | sed -n "s/^.*<testsuite [^>]*[ ]$2=\"\([0-9]*\)\".*/\1/p"
}

# Every skipped test with its reason, the same reason once.
list_skipped() {
  awk '
    /<testcase / { name = $0; sub(/.*<testcase name="/, "", name); sub(/".*/, "", name); skip = 0 }
    /<skipped/ { skip = 1; reason = "no reason given" }
    skip && said { reason = $0; said = 0 }
    skip && /: Skipped$/ { said = 1 }
    /<\/testcase>/ && skip { count[reason]++; first[reason] = name; skip = 0; said = 0 }
    END {
      for (r in count)
        printf "-- skipped, %d tests such as %s: %s\n", count[r], first[r], r
    }' "$1"
}

# ctest_suite PRESET runs the C++ tests of a built preset and adds them up.
ctest_suite() {
  junit=build/$1/junit.xml
  log=build/$1/ctest.log
  rm -f "$junit"
  status=0
  ctest --test-dir "build/$1" -j "$jobs" --output-on-failure --no-tests=error \
    --output-junit junit.xml > "$log" 2>&1 || status=$?
  grep -Ev '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test .*(Passed|Skipped) )' "$log" || true
  if [ ! -s "$junit" ]; then
    broken "ctest of $1 left no result file (exit code $status)"
    return 0
  fi
  suite_failed=$(junit_count "$junit" failures)
  suite_skipped=$(junit_count "$junit" skipped)
  suite_passed=$(($(junit_count "$junit" tests) - suite_failed - suite_skipped - \
    $(junit_count "$junit" disabled)))
  list_skipped "$junit"
  printf 'C++ suite (%s): %s passed, %s failed, %s skipped\n' \
    "$1" "$suite_passed" "$suite_failed" "$suite_skipped"
  passed=$((passed + suite_passed))
  failed=$((failed + suite_failed))
  skipped=$((skipped + suite_skipped))
  if [ "$status" != 0 ] && [ "$suite_failed" = 0 ]; then
    broken "ctest of $1 ended with exit code $status"
  fi
}

# cpp_suite PRESET builds the preset and runs its C++ tests.
cpp_suite() {
  if phase "build $1" configure_and_build "$1"; then
    phase "C++ suite, $1" ctest_suite "$1"
  else
    broken "the $1 preset does not build"
  fi
}

# script_suite COMMAND... runs a suite that ends with its own `N passed, N failed` and adds it.
script_suite() {
  log=build/$(basename "$(dirname "$1")").log
  status=0
  # A pipe would lose the exit code: POSIX shells keep only the last one of a pipeline.
  { "$@" 2>&1 && echo "exit code 0" || echo "exit code $?"; } | tee "$log.raw" | grep -v "^exit code " || true
  status=$(sed -n 's/^exit code //p' "$log.raw" | tail -n 1)
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log.raw" | tail -n 1)
  mv "$log.raw" "$log"
  if [ -z "$line" ]; then
    broken "$1 did not count its tests (exit code $status)"
    return 0
  fi
  suite_failed=$(echo "$line" | sed 's/^[0-9]* passed, \([0-9]*\) failed.*/\1/')
  passed=$((passed + ${line%% *}))
  failed=$((failed + suite_failed))
  if [ "$status" != 0 ] && [ "$suite_failed" = 0 ]; then
    broken "$1 ended with exit code $status"
  fi
}

# The closing line. Running nothing is a failure: a suite that vanished must not look green.
finish() {
  if [ "$((passed + failed))" = 0 ]; then broken "no test ran"; fi
  if [ "$skipped" != 0 ]; then printf '%s skipped, see the lines above\n' "$skipped"; fi
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
