// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceStep;

/** Configuration space as far as it is known: of a traced card, what its guest has read. */
public final class ConfigImage {
    static final int LENGTH = 4096;

    private final byte[] bytes = new byte[LENGTH];
    private final boolean[] known = new boolean[LENGTH];

    /** What the guest of a trace has read first at each place. */
    static ConfigImage of(Trace trace) {
        ConfigImage image = new ConfigImage();
        for (TraceStep step : trace.steps()) {
            if (step instanceof TraceStep.ConfigAccess access && !access.write()) {
                image.learn(access.offset(), access.size(), access.value());
            }
        }
        return image;
    }

    /** What was read first counts. */
    public void learn(int offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            if (!known[offset + i]) {
                known[offset + i] = true;
                bytes[offset + i] = (byte) (value >>> (Byte.SIZE * i));
            }
        }
    }

    boolean isKnown(int offset, int size) {
        for (int i = 0; i < size; i++) {
            if (offset + i >= LENGTH || !known[offset + i]) {
                return false;
            }
        }
        return true;
    }

    /** Up to 4 bytes, zero-extended; unknown ones are 0. */
    public long get(int offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            if (offset + i < LENGTH) {
                value |= (bytes[offset + i] & 0xffL) << (Byte.SIZE * i);
            }
        }
        return value;
    }
}
