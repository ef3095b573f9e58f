// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DrawingObstacleTest {
    @Test
    @DisplayName("a library that is missing is named with its package, as the linker of Debian 13 says it")
    void aMissingLibrary() {
        Error linker = new UnsatisfiedLinkError("/usr/lib/jvm/java-21-openjdk-amd64/lib/libfontmanager.so: "
                + "libharfbuzz.so.0: cannot open shared object file: No such file or directory");

        assertThat(DrawingObstacle.words(linker, true))
                .endsWith("apt-get install libharfbuzz0b")
                .doesNotContain("fontconfig");
        assertThat(DrawingObstacle.words(new ExceptionInInitializerError(linker), false))
                .endsWith("apt-get install libharfbuzz0b fontconfig fonts-dejavu-core");
    }

    @Test
    @DisplayName("no font is not a missing library")
    void noFont() {
        assertThat(DrawingObstacle.words(new InternalError(new RuntimeException("Fontconfig head is null"))))
                .endsWith("apt-get install fontconfig fonts-dejavu-core");
    }

    @Test
    void thisJavaDraws() {
        assertThat(Picture.obstacle()).isEmpty();
    }
}
