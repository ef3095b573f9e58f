// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.vsnd.plugin.VirtioSoundPlugin;

class ArchiveContentTest {
    /** All that is ours, and what the plugin needs besides: no command line, no vfio-user, no test. */
    private static final List<String> FILES = List.of(
            "lib/jna-V.jar",
            "lib/snakeyaml-engine-V.jar",
            "lib/vsnd-audio-V.jar",
            "lib/vsnd-device-V.jar",
            "lib/vsnd-loader-V.jar",
            "lib/vsnd-native-audio-V.jar",
            "lib/vsnd-native-libc-V.jar",
            "lib/vsnd-pci-V.jar",
            "lib/vsnd-plugin-V.jar",
            "lib/vsnd-spi-V.jar",
            "lib/vsnd-virtqueue-V.jar",
            "plugin.yaml");

    @Test
    void archiveHoldsThePluginItsLibrariesAndNothingElse() throws IOException {
        List<String> names = BuiltArchive.files().keySet().stream()
                .map(name -> name.replaceFirst("-\\d[^/]*\\.jar$", "-V.jar"))
                .toList();
        assertThat(names).containsExactlyElementsOf(FILES);
    }

    @Test
    void manifestIsTheRepositorysOwnAndThatInTheJarToo() throws IOException {
        byte[] yaml = Files.readAllBytes(Path.of("..", "..", "plugin.yaml"));
        assertThat(BuiltArchive.files().get("plugin.yaml")).isEqualTo(yaml);
        try (InputStream in = VirtioSoundPlugin.class.getResourceAsStream("/plugin.yaml")) {
            assertThat(in.readAllBytes()).isEqualTo(yaml);
        }
    }

    /** The time of the build, or the order in which a file system lists files, would make the same sources another archive. */
    @Test
    void nothingInItTellsWhenItWasBuilt() throws IOException {
        try (InputStream in = Files.newInputStream(BuiltArchive.PATH)) {
            assertTimes(in, "the archive");
        }
        for (Map.Entry<String, byte[]> file : BuiltArchive.files().entrySet()) {
            if (file.getKey().startsWith("lib/vsnd-")) {
                assertTimes(new ByteArrayInputStream(file.getValue()), file.getKey());
            }
        }
    }

    private static void assertTimes(InputStream in, String what) throws IOException {
        LocalDateTime built =
                OffsetDateTime.parse(System.getProperty("vsnd.built")).toLocalDateTime();
        try (ZipInputStream zip = new ZipInputStream(in)) {
            int count = 0;
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getTimeLocal())
                        .as(what + ": " + entry.getName())
                        .isEqualTo(built);
                count++;
            }
            assertThat(count).as(what).isPositive();
        }
    }
}
