# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# Part of ./vsnd: runs the tests, and installs what tests and measurements need.

test_everything() {
    command -v mvn >/dev/null || fail "Maven is missing: apt-get install maven"
    find_jdk
    export JAVA_HOME="$jdk_home"
    need_test_packages
    cd "$home" || exit
    mvn -B verify -Pguests
    same_archive_again
    newest=$(jdk_25)
    if [ -z "$newest" ]; then
        say "this system offers no JDK 25, so the tests ran on JDK $java_version only"
        return
    fi
    say "running the tests again, without the guests, on $newest"
    mvn -B verify -Djacoco.skip=true "-Djvm=$newest" -Dtest.jvm.args=--enable-native-access=ALL-UNNAMED
}

# Refuses wrong arguments for a benchmark before anything is installed or built. The names of its parts come from its help file,
# topic.
check_bench_words() { # bench [audio|haiku|rings] [OPTION...]
    shift
    [ "$topic" = bench ] || shift
    help_word="see vsnd $(echo "$topic" | tr - ' ') --help"
    parts_named=$(tr -d ' \n' <"$help/$topic.txt" | sed -n 's/.*Onlythese:\([A-Z,]*\)\..*/\1/p') # one line or two
    expected=
    for word in "$@"; do
        value=${word#*=}
        case $word in
            --out|--seconds|--only) expected=${word#--}; continue ;;
            --out=*) expected=; continue ;;
            --seconds=*) expected=seconds ;;
            --only=*) expected=only ;;
            -*) fail "Unknown option: '$word' ($help_word)" ;;
        esac
        case $expected in
            out) expected= ;;
            seconds)
                case $value in
                    ''|*[!0-9]*) fail "--seconds needs a number, not '$value' ($help_word)" ;;
                esac
                expected=
                ;;
            only)
                case ",$parts_named," in
                    *",$(echo "$value" | tr '[:lower:]' '[:upper:]'),"*) ;;
                    *) fail "--only knows $parts_named, not '$value' ($help_word)" ;;
                esac
                ;;
            *) fail "there is no benchmark '$word' ($help_word)" ;;
        esac
    done
    case $expected in
        out|seconds) fail "--$expected needs a value ($help_word)" ;;
    esac
}

# Whether a program is there, or a file whose name begins with / and may have a * in it.
has() {
    # shellcheck disable=SC2086
    case $1 in
        /*) set -- $1; [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# Installs missing Debian packages, as root: "PROBE:PACKAGE,PACKAGE ..." each, where PROBE is a program or file of theirs.
need_packages() {
    missing=
    for pair in "$@"; do
        has "${pair%%:*}" || missing="$missing ${pair#*:}"
    done
    [ -z "$missing" ] && return
    # shellcheck disable=SC2046,SC2086
    set -- $(echo $missing | tr ',' ' ')
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing $*"
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 || {
            apt-get update -q >/dev/null 2>&1
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
        } || fail "cannot install $*"
    else
        fail "packages are missing; install them first (as root): apt-get install $*"
    fi
}

# The compiler for programs of tests and measurements, and audio servers that need no hardware.
need_test_packages() {
    need_packages gcc:gcc,libc6-dev \
        pulseaudio:pulseaudio parec:pulseaudio-utils aplay:alsa-utils \
        '/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so:libasound2-plugins' \
        pw-metadata:pipewire-bin pipewire-pulse:pipewire-pulse wireplumber:wireplumber dbus-daemon:dbus \
        fc-match:fontconfig,fonts-dejavu-core
}

# Prints the java of a JDK 25, which is installed first if the system has a package and this runs as root.
jdk_25() {
    for release in /usr/lib/jvm/*/release; do
        if grep -q '^JAVA_VERSION="25' "$release" 2>/dev/null; then
            echo "${release%/release}/bin/java"
            return
        fi
    done
    [ "$(id -u)" -eq 0 ] || return 0
    apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1 || return 0
    need_packages 25:openjdk-25-jdk-headless >&2
    jdk_25
}

# Ends with why two archives differ: in their contents, or only in the modes of files.
archives_differ() { # FIRST SECOND
    unpack "$1" "$again/differ/first"
    unpack "$2" "$again/differ/second"
    diff -rq "$again/differ/first" "$again/differ/second" >&2 || fail "the same sources make different archives"
    fail "two archives differ only in the modes of files: some in the target folders were made under another umask. Run mvn clean and try again"
}

unpack() { # ARCHIVE FOLDER
    mkdir -p "$2"
    (
        cd "$2" || exit
        "$jdk_home/bin/jar" xf "$1"
        for jar in lib/*.jar; do
            mkdir "${jar%.jar}"
            (cd "${jar%.jar}" && "$jdk_home/bin/jar" xf "../${jar##*/}")
            rm "$jar"
        done
    ) || fail "cannot unpack $1"
}

# Makes the plugin's archive again, in another folder and time zone, and without checks, as ./vsnd builds: the result must be
# identical. Modes in Maven's JAR files depend on the umask.
same_archive_again() {
    again=$(mktemp -d)
    trap 'rm -rf "$again"' EXIT
    tar -C "$home" --exclude=target --exclude=.git -cf - . | tar -C "$again" -xf -
    say "making the plugin's archive again, in $again"
    (cd "$again" && TZ=Asia/Kolkata mvn -q -B -Pquick -pl plugin/archive -am package) ||
        fail "the archive cannot be made a second time"
    for archive in "$again"/plugin/archive/target/quick/virtio-snd-plugin-*.zip; do
        first=$home/plugin/archive/target/${archive##*/}
        differ=0
        cmp "$archive" "$first" || differ=$?
        case $differ in
            0) ;;
            1) archives_differ "$first" "$archive" ;;
            *) fail "cannot compare $archive and $first" ;;
        esac
    done
    rm -rf "$again"
    trap - EXIT
}
