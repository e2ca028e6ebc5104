#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a person does with curl alone: curl.sh URL TOKEN, URL being http://127.0.0.1:PORT/mcp.
set -u
url=$1
token=$2
origin=${url%/mcp}
answer=$(mktemp)
big=$(mktemp)
trap 'rm -f "$answer" "$big"' EXIT

# post STATUS PATTERN NAME ARGUMENTS... posts and looks at the status and the body.
expect() {
  status=$1 pattern=$2 name=$3
  shift 3
  got=$(curl -s -m 30 -o "$answer" -w '%{http_code}' "$@")
  if [ "$got" = "$status" ] && grep -q -- "$pattern" "$answer"; then
    echo "ok curl: $name"
  else
    echo "not ok curl: $name: status $got, body $(head -c 300 "$answer" | tr '\n' ' ')"
  fi
}

json='Content-Type: application/json'
bearer="Authorization: Bearer $token"
list='{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
call='{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"profile_list","arguments":{}}}'

expect 200 '"status":"ok"' 'health needs no token' "$origin/health"
expect 200 '"name":"analytics_query"' 'one POST lists the tools' -H "$bearer" -H "$json" -d "$list" "$url"
expect 200 '"id":"a".*practice' 'one POST calls a tool' -H "$bearer" -H "$json" -d "$call" "$url"
expect 401 'http-token' 'no token is refused, and the answer says where it is' -H "$json" -d "$list" "$url"
expect 401 'http-token' 'a wrong token is refused' -H 'Authorization: Bearer x' -H "$json" -d "$list" "$url"
expect 403 '' 'a foreign Origin is refused' -H "$bearer" -H "$json" -H 'Origin: https://evil.example' -d "$list" "$url"
expect 403 '' 'a foreign Host is refused' -H "$bearer" -H "$json" -H 'Host: evil.example' -d "$list" "$url"
expect 200 'profile_list' 'its own Origin is let in' -H "$bearer" -H "$json" -H "Origin: $origin" -d "$list" "$url"
expect 404 '' 'another path is not there' -H "$bearer" -H "$json" -d "$list" "$origin/other"
expect 415 '' 'a form is not JSON' -H "$bearer" -d "$list" "$url"
expect 400 '"code":-32700' 'broken JSON is a parse error' -H "$bearer" -H "$json" -d '{"jsonrpc"' "$url"
expect 200 '"code":-32602' 'an unknown tool is named' -H "$bearer" -H "$json" \
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nope"}}' "$url"
head -c 5000000 /dev/zero | tr '\0' ' ' > "$big"
expect 413 '' 'five megabytes are too many' -H "$bearer" -H "$json" -H 'Expect:' --data-binary "@$big" "$url"
