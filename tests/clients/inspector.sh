#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The Inspector's command line: inspector.sh NODE URL BIN. $HTTP_TOKEN and $TOOL_LISTS are set.
set -u
node=$1 url=$2 bin=$3
home=$(dirname "$0")
out=$(mktemp)
err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT

inspect() {
  timeout 60 "$node" "$home/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js" \
    --cli --format json "$@" < /dev/null > "$out" 2> "$err"
}

# report NAME STATUS PATTERN: the last inspect must have ended with 0 and printed the pattern.
report() {
  if [ "$2" = 0 ] && grep -q -- "$3" "$out"; then
    echo "ok inspector: $1"
  else
    echo "not ok inspector: $1: exit $2, $(cat "$out" "$err" | head -c 300 | tr '\n' ' ')"
  fi
}

# The Inspector hands a program only the variables it is told to.
home_option="DHIS2_MCP_HOME=$DHIS2_MCP_HOME"
bearer="Authorization: Bearer $HTTP_TOKEN"
for era in legacy auto modern; do
  inspect --protocol-era "$era" -q --method tools/list -e "$home_option" -- "$bin" stdio
  report "lists the tools over stdio, $era" $? '"analytics_query"'
  inspect --protocol-era "$era" -q --method tools/call --tool-name system_info -e "$home_option" -- "$bin" stdio
  report "calls a tool over stdio, $era" $? "$PRACTICE_VERSION"
  inspect --protocol-era "$era" -q --method tools/list "$url" --transport http --header "$bearer"
  report "lists the tools over HTTP, $era" $? '"analytics_query"'
  inspect --protocol-era "$era" -q --method tools/call --tool-name dhis2_query \
    --tool-args-json '{"path":"dataElements","page_size":2}' "$url" --transport http --header "$bearer"
  report "calls a tool over HTTP, $era" $? '"columns"'
done

# The lint of schemas for portability exits with an error on errors only; a warning counts here too.
inspect --method tools/list --strict -e "$home_option" -- "$bin" stdio
status=$?
if [ "$status" = 0 ] && ! grep -qiE '\b(warning|error)s?\b' "$err"; then
  echo "ok inspector: the strict lint has nothing to say"
else
  echo "not ok inspector: the strict lint: exit $status, $(head -c 600 "$err" | tr '\n' ' ')"
fi
