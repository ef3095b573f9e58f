// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A clone with the real launcher in it, beside a Maven and a Java that are scripts. Maven leaves "JAR files" that say which
 * build they are of; Java answers with its program's arguments, and {@code replay FILE} waits for that file and then says
 * whether its class path is still as it was.
 */
final class Launcher {
    private static final long LIMIT_SECONDS = 60;

    private static final String MAVEN = """
            #!/bin/sh
            echo "$*" >>"$FAKES/maven-calls"
            echo '[INFO] Building vsnd: host SPI 0.1.0-SNAPSHOT                            [2/12]'
            . "$FAKES/maven-does"
            lib=plugin/cli/target/lib
            for argument in "$@"; do
                case $argument in -Dvsnd.lib=*) lib=${argument#*=} ;; esac
            done
            mkdir -p plugin/cli/target/quick "$lib"
            if [ -f "$FAKES/program.jar" ]; then
                cp "$FAKES/program.jar" "$lib/library-1.jar"
                cp "$FAKES/program.jar" plugin/cli/target/quick/vsnd-cli-1.jar
            else
                date +%s.%N | tee "$lib/library-1.jar" >plugin/cli/target/quick/vsnd-cli-1.jar
            fi
            """;
    private static final String JAVA = """
            #!/bin/sh
            if [ "$1" = -XshowSettings:properties ]; then
                echo "    java.home = $FAKES/jdk"
                echo "    java.runtime.version = 17.0.1+2-fake"
                echo "    java.specification.version = 17"
                exit
            fi
            echo "$*" >>"$FAKES/java-calls"
            while [ $# -gt 0 ] && [ "$1" != org.vsnd.cli.Vsnd ]; do
                case $1 in
                    -cp) jars=$(echo "$2" | tr : '\\n') ;;
                    -XX:*=*.new) echo archive >"${1#*=}" ;;
                esac
                shift
            done
            [ $# -gt 0 ] || exit 0
            shift
            case $1 in
                serve) [ ! -e "$FAKES/serve-stays" ] || exec sleep 1000; exit 1 ;;
                replay)
                    before=$(cat $jars)
                    until [ -e "$2" ]; do sleep 0.02; done
                    [ "$before" = "$(cat $jars)" ] && echo "as it was" || echo "another's files"
                    ;;
            esac
            echo "ran $*"
            """;

    final Path clone;
    private final Path fakes;

    /** @param folder empty; the clone is its folder {@code clone} */
    Launcher(Path folder) throws IOException {
        clone = folder.resolve("clone");
        fakes = Files.createDirectories(folder.resolve("fakes"));
        copy(home().resolve("vsnd"));
        copy(home().resolve("pom.xml"));
        for (String part : List.of("sh", "help")) {
            Path source = home().resolve("plugin/cli/src/main").resolve(part);
            if (Files.isDirectory(source)) {
                try (Stream<Path> files = Files.list(source)) {
                    for (Path file : files.toList()) {
                        copy(file);
                    }
                }
            }
        }
        mavenDoes(":");
        script("bin/mvn", MAVEN);
        script("jdk/bin/java", JAVA);
        script("jdk/bin/javac", "exit 1");
        Files.writeString(
                fakes.resolve("jdk/release"), "JAVA_RUNTIME_VERSION=\"17.0.1+2-fake\"\nJAVA_VERSION=\"17.0.1\"\n");
    }

    /** Lets Maven make a real program: the source of {@code org.vsnd.cli.Vsnd}. */
    void program(String source) throws IOException {
        Path classes = Files.createDirectories(fakes.resolve("classes"));
        Path file = Files.writeString(classes.resolve("Vsnd.java"), source);
        String jar = fakes.resolve("program.jar").toString();
        tool("javac", "-d", classes.toString(), file.toString());
        tool("jar", "--create", "--file", jar, "-C", classes.toString(), "org");
    }

    private static void tool(String name, String... arguments) {
        int failed = ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments);
        if (failed != 0) {
            throw new AssertionError(name + " failed");
        }
    }

    /** The folder in which the launcher is. */
    static Path home() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(folder.resolve("vsnd"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** From now on, before it makes anything. */
    void mavenDoes(String shell) throws IOException {
        Files.writeString(fakes.resolve("maven-does"), shell);
    }

    /** What Maven was asked for, a line each time. */
    List<String> mavenCalls() throws IOException {
        Path calls = fakes.resolve("maven-calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    /** What Java was asked for, a line each time. */
    List<String> javaCalls() throws IOException {
        return Files.readAllLines(fakes.resolve("java-calls"));
    }

    /** A source newer than what was built. */
    void changeSource() throws IOException {
        Path source = Files.writeString(clone.resolve("Changed.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    }

    /** The launcher with arguments, to its end. */
    Answer run(String... arguments) throws IOException, InterruptedException {
        return end(start(Map.of(), arguments));
    }

    /** Started; ended by {@link #end}. */
    Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(clone.resolve("vsnd").toString()));
        command.addAll(List.of(arguments));
        return start(environment, command);
    }

    /** Any command, beside the same Maven and Java. */
    Process start(Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(fakes.toFile());
        builder.environment().put("FAKES", fakes.toString());
        builder.environment().put("JAVA_HOME", fakes.resolve("jdk").toString());
        builder.environment().put("PATH", fakes.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    static Answer end(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end: " + text);
        }
        return new Answer(process.exitValue(), text);
    }

    private void copy(Path file) throws IOException {
        Path target = clone.resolve(home().relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** A program beside Maven, or in its place. */
    void program(String name, String shell) throws IOException {
        script("bin/" + name, "#!/bin/sh\n" + shell + "\n");
    }

    /** From now on a card that is served for a moment, to see what is loaded, does not end by itself. */
    void serveStays() throws IOException {
        Files.writeString(fakes.resolve("serve-stays"), "");
    }

    private void script(String name, String text) throws IOException {
        Path script = fakes.resolve(name);
        Files.createDirectories(script.getParent());
        Files.writeString(script, text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * What a run came to.
     *
     * @param code exit code
     * @param text standard output and error
     */
    record Answer(int code, String text) {}
}
