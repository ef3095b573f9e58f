package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        "RAW, 0, \u00ebX\u0090, raw",
        "RAW, 32768, CD001, raw",
        "RAW, 4, QFI\u00fb, raw",
    })
    void aFormatIsKnownByItsMagicAtItsPlace(ImageFormat expected, int offset, String magic, String qemuName)
            throws Exception {
        ImageFormat found = ImageFormat.of(image(offset, magic, BYTES));
        assertThat(found).isEqualTo(expected);
        assertThat(found.qemuName()).isEqualTo(qemuName);
    }

    @Test
    void aDiskShorterThanACdsFirstSectorsIsADisk() throws Exception {
        assertThat(ImageFormat.of(image(0, "\u00ebX", 512))).isEqualTo(ImageFormat.RAW);
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

    private Path image(int offset, String magic, int bytes) throws Exception {
        ByteBuffer content = ByteBuffer.allocate(bytes).put(offset, magic.getBytes(StandardCharsets.ISO_8859_1));
        return Files.write(folder.resolve("image"), content.array());
    }
}
