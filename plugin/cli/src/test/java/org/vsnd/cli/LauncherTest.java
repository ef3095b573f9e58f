// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./vsnd} itself: when it builds, with what, and what it says when that fails. */
class LauncherTest {
    private static final String MAVEN_TAKES_TIME = "sleep 1";

    @TempDir
    Path folder;

    private Launcher vsnd;

    @BeforeEach
    void makeAClone() throws IOException {
        vsnd = new Launcher(folder);
    }

    @ParameterizedTest(name = "./vsnd {0}")
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "--version",
                "serve --help",
                "boot x --version",
                "test --help",
                "bench --help",
                "bench audio --help",
                "help",
                "help boot",
                "help bench audio",
                "gramophone",
                "help gramophone",
                "bench-audio",
                "../help/boot",
                "test everything",
                "bench video",
                "bench --size 3",
                "bench --seconds ten",
                "bench audio --only CLOCK GONG",
                "--gramophone",
                ""
            })
    @DisplayName("What only asks, and a wrong word, builds nothing and installs nothing")
    void asksWithoutABuild(String arguments) throws Exception {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ", -1);

        Launcher.Answer answer = vsnd.run(words);

        assertThat(vsnd.mavenCalls()).isEmpty();
        assertThat(folder.resolve("fakes/java-calls")).doesNotExist();
        if (arguments.contains("--help")
                || arguments.equals("-h")
                || (arguments.startsWith("help") && !arguments.contains("gramophone"))) {
            assertThat(answer.code()).isZero();
            assertThat(answer.text()).contains("Usage: ");
        } else if (arguments.contains("--version")) {
            assertThat(answer).isEqualTo(new Launcher.Answer(0, "vsnd 0.1.0-SNAPSHOT (Java 17.0.1+2-fake)\n"));
        } else {
            assertThat(answer.code()).isEqualTo(2);
            assertThat(answer.text())
                    .startsWith("vsnd: ")
                    .containsPattern("see vsnd .*--help")
                    .hasLineCount(1);
        }
    }

    @Test
    @DisplayName("The help of a command is the same after help and before --help; names of help files are no commands")
    void helpOfACommand() throws Exception {
        assertThat(vsnd.run("help", "bench", "audio")).isEqualTo(vsnd.run("bench", "audio", "--help"));
        assertThat(vsnd.run("help", "boot")).isEqualTo(vsnd.run("boot", "--help"));
        assertThat(vsnd.run("bench-audio").text()).contains("there is no command 'bench-audio'");
    }

    @Test
    @DisplayName("A JAVA_HOME without a Java is named")
    void staleJavaHome() throws Exception {
        assertThat(Launcher.end(vsnd.start(Map.of("JAVA_HOME", "/absent/jdk"), "doctor")))
                .isEqualTo(new Launcher.Answer(
                        2, "vsnd: JAVA_HOME is /absent/jdk, which has no bin/java: correct or unset it\n"));
    }

    @Test
    @DisplayName("Memory is for all cards, also those on sockets of a service manager")
    void memoryForEachSocket() throws Exception {
        vsnd.run("serve", "--socket", "a", "--vhost-user=b", "--socket-fd", "3", "--socket-mode", "0600");
        assertThat(vsnd.javaCalls()).last().asString().contains(" -Xmx304m ");

        List<String> asManager = List.of("sh", "-c", "LISTEN_PID=$$ exec ../clone/vsnd serve");
        Launcher.end(vsnd.start(Map.of("LISTEN_FDS", "5"), asManager));
        assertThat(vsnd.javaCalls()).last().asString().contains(" -Xmx336m ");
        String stored = "vhost-user:" + "vsndkept-1-1:".repeat(19) + "vsndkept-1-2";
        Launcher.end(vsnd.start(Map.of("LISTEN_FDS", "21", "LISTEN_FDNAMES", stored), asManager));
        assertThat(vsnd.javaCalls())
                .last()
                .asString()
                .as("what is stored is not a card")
                .contains(" -Xmx272m ");
        assertThat(Launcher.end(vsnd.start(Map.of("LISTEN_FDS", "many"), asManager)))
                .isEqualTo(new Launcher.Answer(2, "vsnd: LISTEN_FDS is 'many', but should be a number of sockets\n"));
        Launcher.end(vsnd.start(Map.of("LISTEN_FDS", "6", "LISTEN_PID", "1"), "serve"));
        assertThat(vsnd.javaCalls()).last().asString().as("another process's").contains(" -Xmx256m ");
    }

    @Test
    @DisplayName("Is found wherever it is started, also where cd says where it went")
    void anyFolder() throws Exception {
        Launcher.Answer answer = Launcher.end(vsnd.start(
                Map.of("CDPATH", folder.toString()), List.of("sh", "-c", "cd .. && clone/vsnd help | head -n 1")));

        assertThat(answer.text()).contains("Usage: vsnd");
    }

    @ParameterizedTest(name = "with flock: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("One that is stopped while it prepares a quick start leaves nothing: no process, no lock, no file")
    void stoppedWhilePreparing(boolean flock) throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Map<String, String> environment = new HashMap<>(Map.of("TMPDIR", temporary.toString()));
        if (!flock) {
            environment.put("PATH", programsWithoutFlock());
        }
        vsnd.serveStays();
        Process stopped = vsnd.start(environment, "doctor");
        while (!Files.exists(folder.resolve("fakes/java-calls"))) {
            Thread.sleep(10);
        }
        List<ProcessHandle> children = stopped.descendants().toList();
        stopped.toHandle().destroy(); // leaves its output to be read
        Launcher.Answer answer = Launcher.end(stopped);

        assertThat(answer.code()).isEqualTo(143);
        for (ProcessHandle child : children) {
            child.onExit().get(1, TimeUnit.MINUTES);
        }
        assertThat(temporary).isEmptyDirectory();
        assertThat(vsnd.clone.resolve("target/vsnd/lock")).doesNotExist();
        Files.delete(folder.resolve("fakes/serve-stays"));
        assertThat(Launcher.end(vsnd.start(environment, "doctor")).text()).isEqualTo("ran doctor\n");
        assertThat(vsnd.mavenCalls()).hasSize(1);
    }

    @Test
    @DisplayName(
            "Where a folder cannot be locked, as on NFS, two that start at once build once, and nothing waits without end")
    void withoutLocksOnFolders() throws Exception {
        vsnd.program("flock", "echo 'flock: 9: Bad file descriptor' >&2; exit 65");
        vsnd.mavenDoes(MAVEN_TAKES_TIME);
        Process one = vsnd.start(Map.of(), "doctor");
        Process other = vsnd.start(Map.of(), "demo");

        assertThat(Launcher.end(one).text() + Launcher.end(other).text())
                .contains("ran doctor\n", "ran demo\n")
                .doesNotContain("Bad file descriptor");
        assertThat(vsnd.mavenCalls()).hasSize(1);
    }

    @Test
    @DisplayName("What another user built and cannot be removed is said in a sentence")
    void builtByAnother() throws Exception {
        Files.createDirectories(
                vsnd.clone.resolve("plugin/cli/target/quick/vsnd-cli-1.jar")); // not even root's to remove

        Launcher.Answer answer = vsnd.run("doctor");

        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.text())
                .contains("cannot write ", "made by another user?")
                .doesNotContain("rm: ");
        assertThat(vsnd.mavenCalls()).isEmpty();
    }

    @Test
    @DisplayName(
            "Builds what runs, without tests and checks, a line for each module, and only when sources have changed")
    void buildsOnce() throws Exception {
        Launcher.Answer first = vsnd.run("doctor", "--tone");
        Launcher.Answer second = vsnd.run("doctor");

        assertThat(first.text()).contains("[2/12] host SPI").endsWith("ran doctor --tone\n");
        assertThat(second.text()).isEqualTo("ran doctor\n");
        assertThat(vsnd.mavenCalls()).singleElement().asString().contains("-Pquick", "-pl plugin/cli -am package");

        vsnd.changeSource();
        vsnd.run("doctor");
        assertThat(vsnd.mavenCalls()).hasSize(2);
    }

    @Test
    @DisplayName("Two that start at once build once: the other one says that it waits")
    void twoAtOnce() throws Exception {
        vsnd.mavenDoes(MAVEN_TAKES_TIME);
        Process one = vsnd.start(Map.of(), "doctor");
        Process other = vsnd.start(Map.of(), "demo");

        List<Launcher.Answer> answers = List.of(Launcher.end(one), Launcher.end(other));

        assertThat(answers).extracting(Launcher.Answer::code).containsOnly(0);
        assertThat(answers).allMatch(answer -> answer.text().split("waiting", -1).length <= 2, "said once");
        assertThat(answers.get(0).text() + answers.get(1).text())
                .contains("waiting for another vsnd that is building")
                .containsOnlyOnce("host SPI")
                .contains("ran doctor\n", "ran demo\n");
        assertThat(vsnd.mavenCalls()).hasSize(1);
    }

    @ParameterizedTest(name = "with flock: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("One that was killed while it built keeps nobody from building")
    void killedWhileBuilding(boolean flock) throws Exception {
        Map<String, String> environment = flock ? Map.of() : Map.of("PATH", programsWithoutFlock());
        vsnd.mavenDoes("touch \"$FAKES/begun\"; exec sleep 1000");
        Process killed = vsnd.start(environment, "doctor");
        while (!Files.exists(folder.resolve("fakes/begun"))) {
            Thread.sleep(10);
        }
        List<ProcessHandle> children = killed.descendants().toList();
        killed.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);

        vsnd.mavenDoes(MAVEN_TAKES_TIME);
        Process next = vsnd.start(environment, "doctor");
        Process other = vsnd.start(environment, "demo");

        assertThat(Launcher.end(next).text()).endsWith("ran doctor\n");
        assertThat(Launcher.end(other).text()).endsWith("ran demo\n");
        assertThat(vsnd.mavenCalls()).hasSize(2);
    }

    @Test
    @DisplayName("What runs keeps its files while others build, and when it has ended they go")
    void runningOnesKeepTheirFiles() throws Exception {
        vsnd.run("doctor");
        Path go = folder.resolve("go");
        Process running = vsnd.start(Map.of(), "replay", go.toString());
        while (vsnd.javaCalls().stream().noneMatch(call -> call.contains(" replay "))) {
            Thread.sleep(10);
        }
        for (int i = 0; i < 3; i++) {
            vsnd.changeSource();
            vsnd.run("doctor");
        }
        Files.createFile(go);

        assertThat(Launcher.end(running).text()).startsWith("as it was\n");

        Files.delete(vsnd.clone.resolve("Changed.java"));
        vsnd.changeSource();
        vsnd.run("doctor");
        try (var made = Files.newDirectoryStream(vsnd.clone.resolve("target/vsnd"), "app.*")) {
            assertThat(made).as("that in use, and the one before").hasSize(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "[ERROR] write failed: No space left on device        | no space is left",
                "[ERROR] repo.example: Unknown host repo.example      | there is no network",
                "[ERROR] Could not transfer artifact from/to central  | there is no network",
                "[ERROR] /x/a.jar (Permission denied)                 | cannot be written",
                "[ERROR] No compiler is provided in this environment. | default-jdk-headless",
                "[ERROR] COMPILATION ERROR :                          | do not compile",
                "[ERROR] something else                               | Maven failed"
            })
    @DisplayName("A build that fails says why in a sentence, and where its log is")
    void failedBuild(String said, String cause) throws Exception {
        vsnd.mavenDoes("echo '" + said + "'; exit 1");

        Launcher.Answer answer = vsnd.run("doctor");

        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.text().lines().reduce((first, last) -> last).orElseThrow())
                .startsWith("vsnd: the build failed: ")
                .contains(cause)
                .endsWith("The log is " + vsnd.clone.toRealPath().resolve("target/vsnd/build.log"));
        assertThat(vsnd.clone.resolve("target/vsnd/build.log")).content().contains(said);
        vsnd.mavenDoes(":");
        assertThat(vsnd.run("doctor").text()).endsWith("ran doctor\n");
    }

    @Test
    @DisplayName("The archive of loaded classes is made once, and again when the clone was moved")
    void quickStart() throws Exception {
        vsnd.run("doctor");
        vsnd.run("doctor");

        assertThat(archivesMade()).isEqualTo(1);
        assertThat(vsnd.javaCalls().get(vsnd.javaCalls().size() - 1))
                .contains("-XX:SharedArchiveFile=" + vsnd.clone.toRealPath());

        Path moved = folder.resolve("moved and renamed");
        Files.move(vsnd.clone, moved);
        Files.createSymbolicLink(vsnd.clone, moved);
        Launcher.Answer answer = vsnd.run("doctor");

        assertThat(answer.text()).isEqualTo("ran doctor\n");
        assertThat(archivesMade()).isEqualTo(2);
        assertThat(vsnd.javaCalls().get(vsnd.javaCalls().size() - 1))
                .contains("-XX:SharedArchiveFile=" + moved.toRealPath())
                .contains("-cp " + moved.toRealPath());
        assertThat(vsnd.mavenCalls()).hasSize(1);
    }

    @ParameterizedTest(name = "LC_ALL={0}")
    @ValueSource(strings = {"C", "C.UTF-8", "xx_XX.UTF-8"})
    @DisplayName("Runs below a folder with blanks and umlauts, from another folder, without HOME, in any locale")
    void placeAndLocale(String locale) throws Exception {
        vsnd.program("""
                package org.vsnd.cli;
                public class Vsnd {
                    public static void main(String[] words) throws Exception {
                        if (words[0].equals("serve")) {
                            java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                                    .bind(java.net.UnixDomainSocketAddress.of(words[2]));
                            Thread.sleep(60_000);
                        }
                        System.out.println(java.nio.file.Files.readString(java.nio.file.Path.of(words[1])));
                    }
                }
                """);
        // Made by a shell: the JVM of this test may be in the C locale itself.
        String script = """
                unset HOME
                clone=$(printf 'K\303\266ln und mehr')
                mkdir "$clone"
                cp -a ../clone "$clone"
                mkdir "$(printf '\303\274ber all')"
                cd "$(printf '\303\274ber all')"
                echo found >"$(printf 'St\303\274ck')"
                "../$clone/clone/vsnd" replay "$(printf 'St\303\274ck')"
                "../$clone/clone/vsnd" replay "$(printf 'St\303\274ck')"
                ls "../$clone"/clone/target/vsnd/app.*
                """;

        Launcher.Answer answer = Launcher.end(vsnd.start(
                Map.of("LC_ALL", locale, "JAVA_HOME", System.getProperty("java.home")), List.of("sh", "-c", script)));

        assertThat(answer.text())
                .contains("found\n\nfound\n")
                .contains("start-")
                .doesNotContain("arning", "WARN");
        assertThat(answer.code()).isZero();
    }

    private long archivesMade() throws IOException {
        return vsnd.javaCalls().stream()
                .filter(call -> call.contains("-Xshare:dump"))
                .count();
    }

    /** A folder with all that the launcher and the scripts call, except flock. */
    private String programsWithoutFlock() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        for (String name : List.of(
                "cat",
                "chmod",
                "cp",
                "cut",
                "date",
                "df",
                "dirname",
                "find",
                "grep",
                "head",
                "locale",
                "ln",
                "mkdir",
                "mktemp",
                "mv",
                "ps",
                "readlink",
                "rm",
                "rmdir",
                "sed",
                "sh",
                "sleep",
                "sort",
                "tee",
                "touch",
                "tr")) {
            Path program = Path.of("/usr/bin", name);
            Files.createSymbolicLink(programs.resolve(name), Files.exists(program) ? program : Path.of("/bin", name));
        }
        return folder.resolve("fakes/bin") + ":" + programs;
    }
}
