// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
    private static final Path TRACES = Path.of("../trace/src/test/resources/traces/haiku");

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyTraceOfAFolderGetsALine() {
        assertThat(run("replay", TRACES.toString())).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("pass  ")))
                .hasSize(9);
        assertThat(out.toString().lines().filter(line -> line.startsWith("HANG  hang_5vectors_rxsem")))
                .hasSize(1);
        assertThat(out.toString())
                .contains(
                        "duplex_s16_48000: 554 accesses, 11 control replies, 12 messages, 23 interrupts, 98304 frames")
                .contains("goes on", "hangs as well")
                .contains("for the driver's author", "MUST: the driver does not accept VIRTIO_F_VERSION_1")
                .doesNotContain("FAIL", "may differ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    @DisplayName("the traces of a folder's sub-folders are replayed too, in the order of their paths")
    void subFoldersAreLookedInto() throws IOException {
        Path below = Files.createDirectories(folder.resolve("guests/haiku"));
        Files.copy(TRACES.resolve("boot_probe.jsonl"), below.resolve("b.jsonl"));
        Files.copy(TRACES.resolve("boot_probe.jsonl"), folder.resolve("a.jsonl"));

        assertThat(run("replay", folder.toString())).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("pass  ")))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("pass  a:"),
                        line -> assertThat(line).startsWith("pass  b:"));
    }

    @Test
    @DisplayName("what cannot be written is said with its whole path and in words, without a Java class")
    void faultsAreSaidInWords() {
        assertWrongUse(
                "cannot write " + Path.of("absent/report.html").toAbsolutePath() + " (there is no such file or folder)",
                "replay",
                TRACES.resolve("boot_probe.jsonl").toString(),
                "--report",
                "absent/report.html");
        assertThat(err.toString()).doesNotContain("java.", "Exception");
    }

    @Test
    void differencesAreShownOnRequestAndAReportIsWritten() throws IOException {
        Path report = folder.resolve("report.html");
        String trace = TRACES.resolve("boot_probe.jsonl").toString();
        assertThat(run("replay", "-v", trace, "--report", report.toString())).isZero();
        assertThat(out.toString()).contains("may differ: line", "capability pointer");
        assertThat(Files.readString(report)).contains("1 of 1 passed");
    }

    @Test
    void aCardThatDoesNotDoAsTheTraceSaysIsAFailure() throws IOException {
        String trace = Files.readString(TRACES.resolve("boot_probe.jsonl"));
        Path other = Files.writeString(
                folder.resolve("other.jsonl"),
                trace.replace("\"off\":18,\"size\":2,\"val\":\"0x4\"", "\"off\":18,\"size\":2,\"val\":\"0x5\""));
        assertThat(run("replay", other.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("FAIL  other", "num_queues: expected 0x5, came 0x4");
    }

    @Test
    void whatIsNoTraceIsWrongUse() throws IOException {
        assertWrongUse("give a TRACE", "replay");
        assertWrongUse("no such file", "replay", folder.resolve("absent.jsonl").toString());
        assertWrongUse("no traces (*.jsonl)", "replay", folder.toString());
        Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"t_us\":1}\n");
        assertWrongUse("broken.jsonl:1: field 'agent' must be a string", "replay", broken.toString());
        assertWrongUse(
                "give --report a file",
                "replay",
                TRACES.resolve("boot_probe.jsonl").toString(),
                "--report",
                folder + "/absent/report.html");
    }

    private void assertWrongUse(String expected, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString()).startsWith("vsnd: ").contains(expected);
        assertThat(err.toString().lines()).hasSize(1);
    }

    private int run(String... arguments) {
        return Vsnd.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
