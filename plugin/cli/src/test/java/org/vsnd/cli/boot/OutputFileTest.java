// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
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
    @DisplayName("a link stays a link, and what it leads to gets the sound; looking whether it can leaves it alone")
    void aLinkStaysALink() throws Exception {
        Path sound = Files.writeString(folder.resolve("sound"), "new");
        Path link = Files.createSymbolicLink(folder.resolve("link.wav"), folder.resolve("target.wav"));

        assertThat(OutputFile.obstacle(link, "--out")).isEmpty();
        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("target.wav")).doesNotExist();

        Files.writeString(folder.resolve("target.wav"), "old and longer");
        OutputFile.fill(link, sound);

        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("target.wav")).hasContent("new");
    }

    @Test
    @DisplayName("a device stays a device")
    void aDeviceStaysADevice() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("/dev/null"));

        OutputFile.fill(link, Files.writeString(folder.resolve("sound"), "new"));

        assertThat(link).isSymbolicLink();
        assertThat(Files.isRegularFile(link)).isFalse();
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
