#!/bin/bash
# SPDX-License-Identifier: MIT
# Which backend serves which psql? PostgreSQL forks one per connection; pg_backend_pid() is the truth.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
need jq setpriv psql

bin=(/usr/lib/postgresql/*/bin)
socket=$work/.s.PGSQL.5432
psql=(psql --host "$work" --username postgres --no-psqlrc --tuples-only --no-align --quiet)
as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups)

chown postgres "$work"
"${as_postgres[@]}" "${bin[-1]}/initdb" --pgdata "$work/data" --auth trust --no-sync >"$work/server.log" 2>&1
"${as_postgres[@]}" "${bin[-1]}/postgres" -D "$work/data" -c listen_addresses= -c fsync=off \
    -c unix_socket_directories="$work" >>"$work/server.log" 2>&1 &
started+=($!)
wait_for "answer from postgres" "${psql[@]}" --command 'select 1'

# Each psql reads its commands from a pipe that this script keeps open.
truth=
for number in 1 2 3 4 5; do
    mkfifo "$work/in.$number" "$work/out.$number"
    "${psql[@]}" <"$work/in.$number" >"$work/out.$number" &
    client=$!
    started+=("$client")
    exec {commands}>"$work/in.$number" {answers}<"$work/out.$number"
    echo 'select pg_backend_pid();' >&"$commands"
    read -r -t 30 backend <&"$answers" || fail "psql $client did not answer"
    truth+="$client $backend"$'\n'
done

"$otherend" who "$socket"
"$otherend" who "$socket" -o json >"$work/answer"
expect_same "psql and backend" "$(sort -n <<<"${truth%$'\n'}")" "$(jq -r '
    .endpoints[] | select(.state == "connected") | .holders[].pid as $backend
    | .peers[].holders[] | "\(.pid) \($backend)"' "$work/answer" | sort -n)"

read -r client backend <<<"$truth"
"$otherend" who "$client" -o json >"$work/answer"
expect_same "other ends of psql $client" "$backend" "$(clients_of "$work/answer")"
