// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The times at which interrupts arrived, as irqtap wrote them down. */
public final class Stamps {
    /** The vector by which irqtap names its control loop. */
    public static final int CONTROL = -1;

    private static final int RECORD_BYTES = 16;
    private static final int NANOS = 0; // le64
    private static final int VECTOR = 8; // le32
    private static final int COUNT = 12; // le32

    private final ByteBuffer records;

    public Stamps(ByteBuffer records) {
        this.records = records.duplicate().order(ByteOrder.nativeOrder());
    }

    public static Stamps read(Path file) throws IOException {
        return new Stamps(ByteBuffer.wrap(Files.readAllBytes(file)));
    }

    /** When each interrupt of a vector arrived, nanoseconds of the monotonic clock. */
    public long[] times(int vector) {
        long[] times = new long[records.limit() / RECORD_BYTES];
        int found = 0;
        for (int at = 0; at + RECORD_BYTES <= records.limit(); at += RECORD_BYTES) {
            if (records.getInt(at + VECTOR) == vector) {
                times[found++] = records.getLong(at + NANOS);
            }
        }
        return Arrays.copyOf(times, found);
    }

    /** Interrupts of a vector that arrived together with another one. */
    public long merged(int vector) {
        long merged = 0;
        for (int at = 0; at + RECORD_BYTES <= records.limit(); at += RECORD_BYTES) {
            if (records.getInt(at + VECTOR) == vector) {
                merged += records.getInt(at + COUNT) - 1;
            }
        }
        return merged;
    }
}
