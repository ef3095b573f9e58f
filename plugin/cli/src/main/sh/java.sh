# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# Part of ./vsnd: finds Java.

# Sets java (the program), java_home, java_build (17.0.15+6, ...) and java_version (17, ...). Starting a JVM takes as long as
# everything else here, so it is asked only if it has no release file.
find_java() {
    java=$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java") || {
        [ -z "${JAVA_HOME-}" ] || fail "JAVA_HOME is $JAVA_HOME, which has no bin/java: correct or unset it"
        fail "Java is missing: apt-get install default-jdk-headless, or set JAVA_HOME"
    }
    java_home=$(readlink -f "$java")
    java_home=${java_home%/bin/java}
    java_build=
    if [ -r "$java_home/release" ]; then
        java_build=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$java_home/release")
    fi
    if [ -z "$java_build" ]; then
        settings=$("$java" -XshowSettings:properties -version 2>&1) || fail "$java does not run: set JAVA_HOME"
        java_home=$(echo "$settings" | sed -n 's/^ *java\.home = //p')
        java_build=$(echo "$settings" | sed -n 's/^ *java\.runtime\.version = //p')
    fi
    java_version=${java_build%%[!0-9]*}
    [ "${java_version:-0}" -ge 17 ] || fail "Java 17 or later is needed, but $java is ${java_build:-unknown}: set JAVA_HOME"
}

# Sets jdk_home to a JDK with a compiler: that of java, else any. Debian's package maven brings a Java without one.
find_jdk() {
    jdk_home=$java_home
    [ ! -x "$jdk_home/bin/javac" ] || return 0
    for jdk_home in /usr/lib/jvm/*; do
        if [ -x "$jdk_home/bin/javac" ] &&
            grep -Eq '^JAVA_VERSION="(1[7-9]|[2-9][0-9])' "$jdk_home/release" 2>/dev/null; then
            return
        fi
    done
    fail "no Java compiler: $java_home has no javac. apt-get install default-jdk-headless, or set JAVA_HOME to a JDK"
}

# In the C locale a JVM reads file names as ASCII and finds nothing below a folder with an umlaut in its name.
speak_unicode() {
    case $(locale charmap 2>/dev/null) in
        ''|ANSI*|US-ASCII) export LC_ALL=C.UTF-8 ;;
    esac
}
