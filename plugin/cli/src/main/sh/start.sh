# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# Part of ./vsnd: keeps what makes Java start quickly: an archive of the classes that `vsnd serve` loads, already parsed and
# verified (class-data sharing; from JDK 25 on an AOT cache). An archive is for one JDK and one class path. A JVM that rejects
# one goes on without it.

# Sets archive to that of this JDK, made now if there is none yet, and archive_option to the JVM's option for it. If the JVM
# rejects it (JAR files were touched, another collector was chosen), it says nothing and goes on.
find_quick_start() {
    if [ "$java_version" -ge 25 ]; then
        flags="$flags -Xlog:aot*=off,cds*=off"
        archive_option=-XX:AOTCache
        archive=$folder/start-$java_build.aot
    else
        flags="$flags -Xlog:cds*=off"
        archive_option=-XX:SharedArchiveFile
        archive=$folder/start-$java_build.jsa
    fi
    if [ ! -e "$archive" ] && [ -w "$folder" ]; then
        aside make_archive_once
    fi
}

make_archive_once() {
    lock
    [ -e "$archive" ] || make_archive || true
    unlock
}

# Leaves an empty file if this JDK cannot make one, so that it is not tried again.
make_archive() {
    trial=$(mktemp -d) || return
    child=
    trap 'give_up 130' INT
    trap 'give_up 143' TERM
    trap 'give_up 129' HUP
    if [ "$java_version" -ge 25 ]; then
        serve_once "-XX:AOTCacheOutput=$archive.new"
    else
        serve_once "-XX:DumpLoadedClassList=$trial/classes"
        # shellcheck disable=SC2086
        "$java" $flags -Xmx256m -XX:-UseSerialGC -XX:+UseG1GC -Xshare:dump "-XX:SharedClassListFile=$trial/classes" \
            "-XX:SharedArchiveFile=$archive.new" -cp "$classpath" >/dev/null 2>&1 || rm -f "$archive.new"
    fi
    rm -rf "$trial"
    trap - INT TERM HUP
    [ -f "$archive.new" ] || touch "$archive.new"
    mv "$archive.new" "$archive"
}

# On a signal: the server ignores Ctrl-C, as every background job of a script does, and would never end.
give_up() { # EXIT-CODE
    if [ -n "$child" ]; then
        kill -KILL "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    rm -rf "$trial" "$archive".new*
    exit "$1"
}

# Serves a silent card for a moment, so that the JVM sees which classes are loaded. It holds none of the locks.
serve_once() { # JVM-OPTION
    # shellcheck disable=SC2086
    "$java" $flags -Xmx256m "$1" -cp "$classpath" org.vsnd.cli.Vsnd serve --socket "$trial/s" --backend null \
        >/dev/null 2>&1 8<&- 9<&- &
    child=$!
    tries=200
    while [ ! -S "$trial/s" ] && [ $tries -gt 0 ] && kill -0 $child 2>/dev/null; do
        sleep 0.1
        tries=$((tries - 1))
    done
    sleep 0.1
    kill $child 2>/dev/null || true
    wait $child || true
    child=
}
