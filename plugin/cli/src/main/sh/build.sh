# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# Part of ./vsnd: builds what runs, into a new folder each time, so that running processes keep their files.
#
# The file target/vsnd/app names the folder in use, app.XXXXXX beside it, which holds JAR files, "classpath", and "began", whose
# date is the beginning of the build. The same with "bench".

made=$home/target/vsnd

# Sets classpath to that of NAME, app or bench, which is first built from MODULE if its sources are newer. Keeps its files from
# being removed while this process lives, also after exec.
obtain() { # NAME MODULE
    case $home in
        *:*) fail "Java cannot run from a folder with a colon in its name: move $home" ;;
    esac
    if stale "$1"; then
        aside build "$1" "$2"
        built "$1"
    fi
    hold=
    if [ "$passed" -gt 5 ]; then
        if flock -s -F "$folder" true 2>/dev/null; then hold=$folder; fi # held by Java itself
    else
        command exec 8<"$folder"
        if command -v flock >/dev/null; then flock -s 8 2>/dev/null || true; fi # fails on NFS
    fi
    IFS= read -r classpath <"$folder/classpath" || classpath=
    case $classpath in
        "$folder/"*) ;;
        *) settle ;; # the clone was moved
    esac
}

# Sets folder to the one in use.
built() { # NAME
    folder=
    [ -f "$made/$1" ] && IFS= read -r folder <"$made/$1" && folder=$made/$folder && [ -f "$folder/began" ]
}

stale() { # NAME
    built "$1" || return 0
    others=
    [ "$1" != app ] || others=it-tests
    [ -n "$(cd "$home" && find . \( -name target -o -name .git -o -path ./docs -o -path '*/src/test' -o -path "./$others" \) -prune -o \
        \( -name '*.java' -o -name pom.xml -o -name '*.yaml' -o -path '*/src/main/resources/*' \) \
        -type f -newer "$folder/began" -print)" ]
}

build() { # NAME MODULE
    command -v mvn >/dev/null || fail "Maven is missing: apt-get install maven"
    find_jdk
    mkdir -p "$made" 2>/dev/null || true
    [ -w "$made" ] ||
        fail "cannot write $made, and vsnd has to be built: clone it to a folder of yours, or become that folder's owner"
    lock
    stale "$1" || { unlock; return 0; } # another vsnd has built it meanwhile
    before=${folder##*/}
    folder=$(mktemp -d "$made/$1.XXXXXX") || fail "cannot write $made: is there room?"
    chmod 755 "$folder"
    touch "$folder/began"
    log=$made/build.log
    say "building: about 15 seconds, or a minute the first time, when Maven downloads 50 MB (twice as long on a busy machine)"
    # In a separate folder: what is compiled here without checks must not be taken for checked by "mvn verify".
    jars=$home/$2/target/quick
    rm -f "$jars"/vsnd-*.jar 2>/dev/null || {
        rm -rf "$folder"
        fail "cannot write $jars (made by another user?): everything below $home must be yours"
    }
    run_maven -Pquick "-Dvsnd.lib=$folder" -pl "$2" -am package || build_failed
    cp "$jars"/vsnd-*.jar "$folder" || build_failed
    settle
    echo "${folder##*/}" >"$made/$1.new"
    mv "$made/$1.new" "$made/$1"
    remove_old "$1" "$before"
    unlock
}

# Runs Maven with its output in the log, and prints a line for each module.
run_maven() {
    {
        cd "$home" || exit
        status=0
        JAVA_HOME=$jdk_home MAVEN_OPTS=${MAVEN_OPTS--XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto} \
            mvn -B "$@" 2>&1 || status=$?
        echo "vsnd: Maven ended with $status"
    } </dev/null | {
        files=0
        while IFS= read -r line; do
            printf "%s\n" "$line" || true # a full disk is recognised by Maven's own message
            case $line in
                *'] Building '*' ['*/*']')
                    module=${line#*\] Building }
                    module=${module#vsnd: }
                    say "  [${module##*\[} ${module%% [0-9]*}"
                    ;;
                *'] Downloaded from '*)
                    files=$((files + 1))
                    [ $((files % 100)) -ne 0 ] || say "  ($files files downloaded)"
                    ;;
                *'vsnd: Maven ended with '*) exit "${line##* }" ;;
            esac
        done 2>&3 >"$log"
        exit 1
    } 3>&2
}

# Ends with one sentence that says what went wrong and where the log is.
build_failed() {
    if logged 'No space left on device' || [ "$(df -Pk "$made" | sed -n '$s/.* \([0-9]*\)  *[0-9]*%.*/\1/p')" = 0 ]; then
        cause="no space is left on the disk of $home, of Maven's ~/.m2, or of the temporary folder"
    elif logged 'COMPILATION ERROR'; then
        grep '^\[ERROR\] .*\.java:' "$log" | sort -u | head -n 5 >&2
        cause="the sources do not compile"
    elif logged 'No compiler is provided|Unable to locate the Javac'; then
        cause="no Java compiler: apt-get install default-jdk-headless, or set JAVA_HOME to a JDK"
    elif logged 'Permission denied|Read-only file system|AccessDenied|Cannot create resource output directory|Could not create local repository|Failed to delete'; then
        cause="a folder cannot be written (made by another user?): everything below $home and Maven's ~/.m2 must be yours"
    elif logged 'Unknown host|Name or service not known|name resolution|Network is unreachable|No route to host|Connection refused|timed out|offline mode|Could not transfer|Connect to '; then
        cause="libraries cannot be downloaded: there is no network, or Maven needs a proxy or a mirror in ~/.m2/settings.xml"
    else
        grep '^\[ERROR\]' "$log" | head -n 5 >&2
        cause="Maven failed"
    fi
    rm -rf "$folder"
    fail "the build failed: $cause. The log is $log"
}

logged() { grep -Eq "$1" "$log" 2>/dev/null; }

# Writes down the class path of folder. What start.sh keeps there is valid for one class path only.
settle() {
    classpath=
    for jar in "$folder"/*.jar; do
        classpath=${classpath:+$classpath:}$jar
    done
    [ -w "$folder" ] || return 0
    rm -f "$folder"/start-*
    printf '%s\n' "$classpath" >"$folder/classpath.new"
    mv "$folder/classpath.new" "$folder/classpath"
}

# Removes the results of earlier builds, unless a process still runs from them; keeps BEFORE, which one may be about to lock.
remove_old() { # NAME BEFORE
    for old in "$made/$1".??????; do
        case ${old##*/} in
            "${folder##*/}"|"$2") continue ;;
        esac
        if command -v flock >/dev/null; then
            flock -n "$old" rm -rf "$old" 2>/dev/null || true
        else
            rm -rf "$old"
        fi
    done
}

# One vsnd at a time builds. The lock ends with the processes that hold it, however they end: the shell and Maven.
lock() {
    locked=
    if command -v flock >/dev/null; then
        exec 9<"$home"
        busy=0
        flock -n 9 2>/dev/null || busy=$?
        if [ "$busy" -eq 1 ]; then
            say_waiting
            flock 9 && busy=0
        fi
        # On NFS a folder cannot be locked.
        if [ "$busy" -eq 0 ]; then locked=flock; else exec 9<&-; fi
    fi
    [ -n "$locked" ] || lock_by_link
}

waiting=
say_waiting() {
    [ -n "$waiting" ] || say "waiting for another vsnd that is building"
    waiting=said
}

unlock() {
    if [ -n "$locked" ]; then
        exec 9<&-
    else
        rm -f "$made/lock"
        trap - EXIT
    fi
}

# Where flock is missing or fails: a link whose target is the holder's process id. The lock of a killed process is removed by one process at a time.
lock_by_link() {
    until ln -s $$ "$made/lock" 2>/dev/null; do
        holder=$(readlink "$made/lock") || continue
        if kill -0 "$holder" 2>/dev/null || ps -p "$holder" >/dev/null 2>&1; then
            say_waiting
            sleep 1
        elif mkdir "$made/lock.break" 2>/dev/null; then
            [ "$(readlink "$made/lock")" != "$holder" ] || rm -f "$made/lock"
            rmdir "$made/lock.break"
        else
            sleep 1
        fi
    done
    trap 'rm -f "$made/lock"' EXIT
}
