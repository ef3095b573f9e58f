# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# Part of ./vsnd: starts Java, and keeps what makes it start quickly: an archive of the classes that `vsnd serve` loads, read
# and checked already (class-data sharing; from JDK 25 on an AOT cache). An archive is for one JDK and one class path. A JVM
# that does not like one goes on without it.

# Sets archive to that of this JDK, made now if there is none yet, and archive_option to how the JVM calls it.
find_quick_start() {
    if [ "$java_version" -ge 25 ]; then
        archive_option=-XX:AOTCache
        archive=$folder/start-$java_build.aot
    else
        archive_option=-XX:SharedArchiveFile
        archive=$folder/start-$java_build.jsa
    fi
    if [ ! -e "$archive" ] && [ -w "$folder" ]; then make_archive; fi
}

# Leaves an empty file if this JDK cannot: it is not tried again then.
make_archive() {
    lock
    if [ ! -e "$archive" ]; then
        trial=$(mktemp -d)
        if [ "$java_version" -ge 25 ]; then
            serve_once "-XX:AOTCacheOutput=$archive.new"
        else
            serve_once "-XX:DumpLoadedClassList=$trial/classes"
            # shellcheck disable=SC2086
            "$java" $flags -XX:-UseSerialGC -XX:+UseG1GC -Xshare:dump "-XX:SharedClassListFile=$trial/classes" \
                "-XX:SharedArchiveFile=$archive.new" -cp "$classpath" >/dev/null 2>&1 || rm -f "$archive.new"
        fi
        [ -f "$archive.new" ] || : >"$archive.new"
        mv "$archive.new" "$archive"
        rm -rf "$trial"
    fi
    unlock
}

# Serves a silent card for a moment, so that the JVM sees what is loaded.
serve_once() { # JVM-OPTION
    # shellcheck disable=SC2086
    "$java" $flags "$1" -cp "$classpath" org.vsnd.cli.Vsnd serve --socket "$trial/s" --backend null >/dev/null 2>&1 &
    child=$!
    tries=200
    while [ ! -S "$trial/s" ] && [ $tries -gt 0 ] && kill -0 $child 2>/dev/null; do
        sleep 0.1
        tries=$((tries - 1))
    done
    sleep 0.1
    kill $child 2>/dev/null || true
    wait $child || true
}
