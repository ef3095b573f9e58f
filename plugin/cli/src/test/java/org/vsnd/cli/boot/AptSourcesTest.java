// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
    @TempDir
    Path etcApt;

    @Test
    void oneLineEntriesMayHaveOptionsAndComments() {
        String text = """
                # deb http://commented.example/debian bookworm main
                deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib # the mirror
                deb-src http://mirror.example/debian bookworm main
                """;

        assertThat(AptSources.parseOneLine(text))
                .containsExactly(new AptSources.Entry(
                        "http://mirror.example/debian/", List.of("bookworm"), List.of("main", "contrib")));
    }

    @Test
    void deb822StanzasMayHaveContinuationLinesAndComments() {
        String text = """
                Types: deb deb-src
                # a comment
                URIs: http://mirror.example/debian
                Suites: trixie
                 trixie-updates
                Components: main

                Enabled: no
                Types: deb
                URIs: http://off.example/debian
                Suites: trixie
                Components: main


                Types: deb-src
                URIs: http://sources.example/debian
                Suites: trixie
                Components: main
                """;

        assertThat(AptSources.parseDeb822(text))
                .containsExactly(new AptSources.Entry(
                        "http://mirror.example/debian", List.of("trixie", "trixie-updates"), List.of("main")));
    }

    @Test
    void theMirrorIsDebiansOwnArchiveAndNotAnotherVendors() throws Exception {
        Path parts = Files.createDirectories(etcApt.resolve("sources.list.d"));
        Files.writeString(etcApt.resolve("sources.list"), "deb http://vendor.example/apt stable main\n");
        Files.writeString(parts.resolve("debian.sources"), """
                Types: deb
                URIs: http://mirror.example/debian-security
                Suites: trixie-security
                Components: main

                Types: deb
                URIs: http://mirror.example/debian/
                Suites: trixie trixie-updates
                Components: main non-free-firmware
                """);

        assertThat(AptSources.read(etcApt).debianMirror()).contains("http://mirror.example/debian");
    }

    @Test
    void aMirrorListOfACloudImageCounts() {
        AptSources.Entry entry = new AptSources.Entry(
                "mirror+file:///etc/apt/mirrors/debian.list", List.of("bookworm"), List.of("main"));

        assertThat(new AptSources(List.of(entry)).debianMirror()).isPresent();
    }

    @Test
    void aSystemWithoutSourcesHasNoMirror() throws Exception {
        assertThat(AptSources.read(etcApt.resolve("absent")).debianMirror()).isEmpty();
    }
}
