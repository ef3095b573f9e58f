// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;

/**
 * All that a guest and its listeners can tell of a card, in its order and with the guest's time: what registers read,
 * interrupts, every byte that the device wrote to guest memory, every frame that was played.
 */
final class Transcript {
    private static final int LINES_BEFORE = 10;

    private final List<String> lines = new ArrayList<>();
    private final Map<String, ByteArrayOutputStream> played = new TreeMap<>();
    private LongSupplier clock = () -> 0;

    /** The guest's time from now on. */
    void setClock(LongSupplier guestNanos) {
        clock = guestNanos;
    }

    void add(String line) {
        lines.add(clock.getAsLong() + " " + line);
    }

    /** The device has written this to guest memory. */
    void wrote(long address, ByteBuffer bytes) {
        add("write " + Long.toHexString(address) + " +" + bytes.remaining() + " " + hash(bytes));
    }

    /** These frames were played. */
    void played(String stream, ByteBuffer frames) {
        add(stream + " plays " + frames.remaining() + " " + hash(frames));
        byte[] bytes = new byte[frames.remaining()];
        frames.get(bytes);
        played.computeIfAbsent(stream, name -> new ByteArrayOutputStream()).writeBytes(bytes);
    }

    private static String hash(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.duplicate());
        return Long.toHexString(crc.getValue());
    }

    /** Lines so far. */
    int length() {
        return lines.size();
    }

    /** Bytes played by all streams. */
    long playedBytes() {
        return played.values().stream().mapToLong(ByteArrayOutputStream::size).sum();
    }

    /** Fails with the first difference and what came before. */
    void assertSameAs(Transcript undisturbed) {
        int most = Math.min(lines.size(), undisturbed.lines.size());
        for (int i = 0; i < most; i++) {
            if (!lines.get(i).equals(undisturbed.lines.get(i))) {
                throw new AssertionError("line " + i + " is\n  " + lines.get(i) + "\nand without snapshots\n  "
                        + undisturbed.lines.get(i) + "\nafter\n  "
                        + String.join("\n  ", lines.subList(Math.max(0, i - LINES_BEFORE), i)));
            }
        }
        assertThat(lines).hasSameSizeAs(undisturbed.lines);
        assertThat(played.keySet()).isEqualTo(undisturbed.played.keySet());
        played.forEach((stream, bytes) -> assertThat(bytes.toByteArray())
                .as(stream)
                .isEqualTo(undisturbed.played.get(stream).toByteArray()));
    }
}
