// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFormatTest {
    private static final int BYTES = 0x10000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "QCOW2, 0, QFI\u00fb, qcow2",
        "VMDK, 0, KDMV, vmdk",
        "VMDK_DESCRIPTOR, 0, # Disk DescriptorFile, vmdk",
        "VDI, 64, \u007f\u0010\u00da\u00be, vdi",
        "VHDX, 0, vhdxfile, vhdx",
        "VHD, 0, conectix, vpc",
        "ISO_9660, 32769, CD001, raw",
        "RAW_BOOTABLE, 510, U\u00aa, raw",
        "RAW_APPLE, 0, 'ER\u0002\u0000', raw",
        "RAW_XFS, 0, XFSB, raw",
        "RAW_LUKS, 0, LUKS\u00ba\u00be, raw",
        "RAW_EMPTY, 32768, CD001, raw",
        "RAW_EMPTY, 1080, S\u00ef, raw", // ext4: its superblock begins in the third sector
    })
    void aFormatIsKnownByItsMagicAtItsPlace(ImageFormat expected, int offset, String magic, String qemuName)
            throws Exception {
        ImageFormat found = ImageFormat.of(image(offset, magic, BYTES));
        assertThat(found).isEqualTo(expected);
        assertThat(found.qemuName()).isEqualTo(qemuName);
    }

    @Test
    void aDiskShorterThanACdsFirstSectorsIsADisk() throws Exception {
        assertThat(ImageFormat.of(image(510, "U\u00aa", 512))).isEqualTo(ImageFormat.RAW_BOOTABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PK\u0003\u0004",
                "\u001f\u008b\u0008",
                "\u00fd7zXZ\u0000",
                "BZh9",
                "(\u00b5/\u00fd",
                "7z\u00bc\u00af'\u001c"
            })
    void anArchiveIsToBeUnpackedFirst(String magic) {
        assertThatThrownBy(() -> ImageFormat.of(image(0, magic, BYTES)))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("image")
                .hasMessageContaining("unpack it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root:x:0:0:root:/root:/bin/bash\n",
                "\u007fELF\u0002",
                "%PDF-1.7",
                "ERROR: no disk\n",
                "\u0000\u0001QFI\u00fb"
            })
    @DisplayName("a file of another kind is not a disk: as a raw one it would be written to")
    void anythingElseIsRefused(String beginning) {
        assertThatThrownBy(() -> ImageFormat.of(image(0, beginning, BYTES)))
                .isInstanceOf(BootException.class)
                .hasMessageContaining(folder.resolve("image") + " is not a disk image");
    }

    private Path image(int offset, String magic, int bytes) throws Exception {
        ByteBuffer content = ByteBuffer.allocate(bytes).put(offset, magic.getBytes(StandardCharsets.ISO_8859_1));
        return Files.write(folder.resolve("image"), content.array());
    }
}
