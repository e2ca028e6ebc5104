# SPDX-License-Identifier: BSD-3-Clause
# Sourced: starts the practice DHIS2 ($sandbox) and gives a home with the profile `practice` on it
# to the program ($bin). Both end with the shell; $work is a folder that goes with them, $base the
# server's URL.
work=$(mktemp -d)
started=
finish() {
  [ -z "$started" ] || kill "$started" 2> /dev/null || true
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

export DHIS2_MCP_HOME="$work/home"
"$sandbox" --version 2.43 --clock 2026-11-21T10:00:00 > "$work/url" 2> "$work/sandbox.err" &
started=$!
tries=0
until [ -s "$work/url" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 400 ] || { cat "$work/sandbox.err" >&2; exit 1; }
  sleep 0.05
done
base=$(head -n 1 "$work/url")
printf 'district\n' | "$bin" profile add practice --url "$base" --basic admin --secret-stdin --default \
  > "$work/add.out" 2>&1 || { cat "$work/add.out" >&2; exit 1; }
