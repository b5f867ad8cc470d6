# A private PostgreSQL cluster for one test process, in a temporary folder, reached
# by a Unix socket. Says `ready FOLDER`, or what went wrong, on one line; then
# lives as long as its standard input stays open, however the tests end, and
# leaves nothing behind.
set -eu

say() {
    echo "$1"
    exit 1
}

find_program() {
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        [ -x "$folder/$1" ] && echo "$folder/$1" && return
    done
    command -v "$1"
}

initdb=$(find_program initdb) && pg_ctl=$(find_program pg_ctl) ||
    say "PostgreSQL is not installed. These tests run on it as well: install it (apt-get install postgresql), or name a server where databases may be made in ARCHIPEL_TEST_PG."

# PostgreSQL refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    cd /
    exec runuser -u "$user" -- sh -c "$(cat "$0")" "$0"
fi

# A short path: a socket's may have no more than 107 bytes.
folder=$(mktemp -d /tmp/archipel-pg.XXXXXX) || say "no temporary folder could be made in /tmp"
cd "$folder"
trap 'rm -rf "$folder"' EXIT
trap '' INT HUP
"$initdb" --no-sync --auth=trust --username=archipel --encoding=UTF8 --locale=C \
    --pgdata="$folder/data" >"$folder/log" 2>&1 || say "initdb failed: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
# Durability is off: what is tested is the server's behaviour, never a power cut.
"$pg_ctl" start --wait --silent --pgdata="$folder/data" --log="$folder/log" \
    --options="-k $folder -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=300" \
    >/dev/null 2>&1 || say "PostgreSQL did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
trap '"$pg_ctl" stop --mode=immediate --pgdata="$folder/data" >/dev/null 2>&1; rm -rf "$folder"' EXIT
echo "ready $folder"
# Until the tests are gone.
cat >/dev/null
