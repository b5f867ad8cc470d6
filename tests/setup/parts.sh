# The parts of a run: each is timed, and a failed one fails the run.

times=()
passed=0
failed=0
broken=()

# part NAME COMMAND…: runs it. Without --keep-going the run ends where it fails.
part() {
    local name=$1 start=$SECONDS status=0
    shift
    printf '\n== %s\n' "$name"
    # Not in a subshell or a condition: what it sets must stay, and what fails in it
    # must be noticed, so its own functions return their status.
    "$@" || status=$?
    times+=("$(printf '%5d s  %s' $((SECONDS - start)) "$name")")
    if [ "$status" -ne 0 ]; then
        printf '== failed: %s (status %s)\n' "$name" "$status"
        broken+=("$name")
        [ "$keep_going" = yes ] || summary
    fi
}

# counted NAME LOG COMMAND…: a part whose `test result:` lines are added up.
counted() {
    local name=$1 log=$2
    shift 2
    part_counted() {
        local status=0
        "$@" 2>&1 | tee "$log" || status=$?
        passed=$(sum passed "$log")
        failed=$(sum failed "$log")
        return "$status"
    }
    part "$name" part_counted "$@"
}

# sum WORD LOG: the numbers before WORD in all `test result:` lines.
sum() {
    sed -n "s/^test result:.* \([0-9][0-9]*\) $1.*/\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# Prints the times and the closing line; ends the run.
summary() {
    printf '\n== times\n'
    printf '%s\n' "${times[@]}"
    # A part that broke without a failing test (formatting, a build) counts as one.
    if [ "${#broken[@]}" -gt 0 ] && [ "$failed" -eq 0 ]; then
        failed=${#broken[@]}
    fi
    if [ "${#broken[@]}" -gt 0 ]; then
        printf '\nfailed parts:\n'
        printf '  %s\n' "${broken[@]}"
    fi
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}
