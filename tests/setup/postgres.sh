# A PostgreSQL cluster for one run, in a temporary folder, owned by a user that is
# not root (PostgreSQL refuses root), on a free loopback port. Durability is off:
# the tests kill the server under test, never the machine.

postgres_url=
postgres_folder=
postgres_user=

as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        runuser -u "$postgres_user" -- "$@"
    else
        "$@"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# postgres_start FOLDER: sets postgres_url.
postgres_start() {
    local programs port
    programs=$(postgres_programs) || return
    postgres_folder=$1
    postgres_user=$(id -un)
    if [ "$(id -u)" -eq 0 ]; then
        postgres_user=nobody
        id postgres >/dev/null 2>&1 && postgres_user=postgres
    fi
    mkdir -p "$postgres_folder" || return
    chmod 755 "$(dirname "$postgres_folder")" || return
    if [ "$(id -u)" -eq 0 ]; then
        chown "$postgres_user" "$postgres_folder" || return
    fi
    # From a folder that this user may enter.
    (
        cd "$postgres_folder" &&
            as_postgres "$programs/initdb" --no-sync --auth=trust --username=archipel \
                --encoding=UTF8 --locale=C --pgdata="$postgres_folder/data" \
                >"$postgres_folder/initdb.log" 2>&1
    ) || {
        cat "$postgres_folder/initdb.log" >&2
        return 1
    }
    port=$(free_port) || return
    (
        cd "$postgres_folder" &&
            as_postgres "$programs/pg_ctl" start --wait --silent \
                --pgdata="$postgres_folder/data" --log="$postgres_folder/server.log" \
                --options="-p $port -k '$postgres_folder' -c listen_addresses=127.0.0.1 \
                    -c fsync=off -c full_page_writes=off -c max_connections=400"
    ) || {
        cat "$postgres_folder/server.log" >&2
        return 1
    }
    postgres_url=postgres://archipel@127.0.0.1:$port/postgres
    psql -X -q -A -t -d "$postgres_url" -c 'SELECT version()'
}

# Stops it by the process id that it wrote itself; does nothing when none runs.
postgres_stop() {
    local pid
    [ -n "$postgres_folder" ] && [ -f "$postgres_folder/data/postmaster.pid" ] || return 0
    pid=$(head -n 1 "$postgres_folder/data/postmaster.pid")
    # Immediate shutdown: the cluster is thrown away.
    kill -QUIT "$pid" 2>/dev/null || return 0
    local tries=100
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -gt 0 ]; do
        sleep 0.1
        tries=$((tries - 1))
    done
}
