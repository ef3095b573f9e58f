// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("a file that can be written has no obstacle, and is not made")
    void nothingIsMade() {
        assertThat(OutputFile.obstacle(folder.resolve("new.wav"), "--out")).isEmpty();
        assertThat(OutputFile.obstacle(Path.of("new.wav"), "--out")).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisplayName("a folder, a missing folder and a file that refuses are each said with the option that names another")
    void obstaclesAreNamed() {
        assertThat(OutputFile.obstacle(folder, "--out")).get().asString().contains("is a folder", "--out FILE");
        assertThat(OutputFile.obstacle(folder.resolve("absent/new.wav"), "--out"))
                .get()
                .asString()
                .contains("there is no folder " + folder + "/absent");
        assertThat(OutputFile.obstacle(Path.of("/proc/new.wav"), "--out"))
                .get()
                .asString()
                .contains("/proc/new.wav cannot be written");
    }
}
