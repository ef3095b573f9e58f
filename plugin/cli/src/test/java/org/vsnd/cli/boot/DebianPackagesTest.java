// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DebianPackagesTest {
    @Test
    @DisplayName("of all that apt says the reason of its first failure is told")
    void aptsReason() {
        String noNetwork = """
                Ign:1 http://mirror.example/debian trixie InRelease
                Err:1 http://mirror.example/debian trixie InRelease
                  Temporary failure resolving 'mirror.example'
                Reading package lists...
                E: Failed to fetch http://mirror.example/debian/dists/trixie/InRelease  Temporary failure
                E: Some index files failed to download. They have been ignored, or old ones used instead.
                """;

        assertThat(DebianPackages.complaint(noNetwork)).isEqualTo("Temporary failure resolving 'mirror.example'");
        assertThat(DebianPackages.complaint("E: The repository has no Release file.\n"))
                .isEqualTo("The repository has no Release file.");
        assertThat(DebianPackages.complaint("no space\n")).isEqualTo("no space");
    }
}
