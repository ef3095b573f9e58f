// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskImageTest {
    @TempDir
    Path folder;

    @Test
    void anIsoIsACdUnlessADiskIsAskedFor() throws Exception {
        byte[] iso = ByteBuffer.allocate(0x10000)
                .put(0x8001, "CD001".getBytes(StandardCharsets.US_ASCII))
                .array();
        DiskImage image = DiskImage.of(write("x.img", iso));
        assertThat(image.asCd()).isTrue();
        assertThat(image.file()).isEqualTo(folder.resolve("x.img"));
        assertThat(image.asDisk()).isEqualTo(new DiskImage(folder.resolve("x.img"), ImageFormat.ISO_9660, false));
        image.check(false);
    }

    @Test
    void aDiskIsADiskWhateverItsNameIs() throws Exception {
        DiskImage image = DiskImage.of(write("x.iso", new byte[512]));
        assertThat(image.asCd()).isFalse();
        image.check(false);
        image.check(true);
    }

    @Test
    void whatIsNoImageIsRefusedInASentence() throws Exception {
        assertRefused("no file", folder.resolve("absent").toString());
        assertRefused("is not a file", folder.toString());
        assertRefused("is not a file", "/dev/null");
        assertRefused("too short", write("short", new byte[511]));
        assertRefused("cannot read", "\0");
    }

    private static void assertRefused(String expected, String name) {
        assertThatThrownBy(() -> DiskImage.of(name))
                .isInstanceOf(BootException.class)
                .hasMessageContaining(expected);
    }

    private String write(String name, byte[] content) throws Exception {
        return Files.write(folder.resolve(name), content).toString();
    }
}
