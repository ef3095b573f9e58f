// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.Tool;

class ClosingTest {
    @TempDir
    Path folder;

    /** Fetches for a minute, as far as this test is concerned. */
    static final class Fetching {
        private Fetching() {}

        public static void main(String[] arguments) throws Exception {
            CacheFolder cache = new CacheFolder(Path.of(arguments[0]));
            PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
            Closing closing = new Closing(out, "the fetching");
            try (closing) {
                cache.obtain("parts", half -> {
                    Files.writeString(half.resolve("first"), "fetched");
                    out.println("fetching");
                    Tool.of("sleep", "60").run();
                });
            } catch (BootException e) {
                return; // the process ends by its signal
            }
        }
    }

    @Test
    @DisplayName("a signal in the middle of fetching says what it stopped and leaves neither half a thing nor a log")
    void aSignalLeavesNothing() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fetching.class.getName(),
                        cache.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("fetching");
            new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(output.lines().toList()).contains("vsnd: stopped: the fetching");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        assertThat(cache).isDirectoryNotContaining("glob:**.part");
        assertThat(temporary).isEmptyDirectory();
    }
}
