// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher answers {@code ./vsnd bench --help} from files, without a build. */
class BenchHelpTest {
    @ParameterizedTest
    @CsvSource({
        "bench, Bench",
        "bench-audio, audio.AudioBench",
        "bench-haiku, haiku.HaikuBench",
        "bench-rings, rings.RingBench"
    })
    @DisplayName("The launcher's help of every benchmark is what the benchmark itself prints")
    void helpIsTheBenchmarksOwn(String name, String program) throws Exception {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(folder.resolve("vsnd"))) {
            folder = folder.getParent();
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.vsnd.bench." + program,
                        "--help")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String help = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("plugin/cli/src/main/help/" + name + ".txt")).hasContent(help);
    }
}
