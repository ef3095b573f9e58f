// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpioWriterTest {
    private static final int HEADER_LENGTH = 110;

    /** What an independent reader of the format (the kernel's Documentation/driver-api/early-userspace) sees. */
    private record Entry(String name, int mode, String contents, int major, int minor) {}

    @Test
    void everyKindOfEntryIsReadBackWithItsParentsFirst() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CpioWriter cpio = new CpioWriter(bytes)) {
            cpio.characterDevice("dev/console", 0600, 5, 1);
            cpio.file("usr/share/text", 0644, "hello".getBytes(StandardCharsets.UTF_8));
            cpio.file("usr/share/other", 0755, new byte[0]);
            cpio.link("bin/arecord", "aplay");
            cpio.folder("usr");
        }

        assertThat(read(bytes.toByteArray()))
                .containsExactly(
                        new Entry("dev", 0040755, "", 0, 0),
                        new Entry("dev/console", 0020600, "", 5, 1),
                        new Entry("usr", 0040755, "", 0, 0),
                        new Entry("usr/share", 0040755, "", 0, 0),
                        new Entry("usr/share/text", 0100644, "hello", 0, 0),
                        new Entry("usr/share/other", 0100755, "", 0, 0),
                        new Entry("bin", 0040755, "", 0, 0),
                        new Entry("bin/arecord", 0120777, "aplay", 0, 0));
    }

    @Test
    void equalContentsGiveEqualBytes() throws Exception {
        assertThat(archive()).isEqualTo(archive());
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CpioWriter cpio = new CpioWriter(bytes)) {
            cpio.file("a/b/c", 0644, new byte[] {1, 2, 3});
        }
        return bytes.toByteArray();
    }

    private static List<Entry> read(byte[] archive) {
        List<Entry> entries = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(archive);
        while (true) {
            assertThat(in.position() % 4).isZero();
            String header = text(in, HEADER_LENGTH);
            assertThat(header).startsWith("070701");
            String name = text(in, field(header, 11) - 1);
            assertThat(in.get()).isZero();
            align(in);
            if (name.equals("TRAILER!!!")) {
                assertThat(in.remaining()).isZero();
                return entries;
            }
            String contents = text(in, field(header, 6));
            align(in);
            entries.add(new Entry(name, field(header, 1), contents, field(header, 9), field(header, 10)));
        }
    }

    private static int field(String header, int index) {
        return Integer.parseUnsignedInt(header.substring(6 + 8 * index, 14 + 8 * index), 16);
    }

    private static String text(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void align(ByteBuffer in) {
        while (in.position() % 4 != 0) {
            assertThat(in.get()).isZero();
        }
    }
}
