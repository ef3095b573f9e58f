// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.audio.Resampler;

/** S16 stereo between two frames by a straight line: good enough for a low tone. */
final class LinearResampler implements Resampler {
    private static final int DELAY = 40;
    private static final int KEPT = 64; // a power of two

    private final short[][] kept = new short[KEPT][2];
    private long taken;
    private double place = -DELAY; // in frames taken, of the next frame put out
    double ratio = 1;
    boolean closed;

    @Override
    public int delayFrames() {
        return DELAY;
    }

    @Override
    public void setRatio(double takenPerPut) {
        ratio = takenPerPut;
    }

    @Override
    public int process(ByteBuffer from, ByteBuffer to) {
        from.order(ByteOrder.LITTLE_ENDIAN);
        to.order(ByteOrder.LITTLE_ENDIAN);
        int put = 0;
        while (to.remaining() >= 4) {
            while (taken <= place + DELAY) {
                if (from.remaining() < 4) {
                    return put;
                }
                short[] frame = kept[(int) (taken++ % KEPT)];
                frame[0] = from.getShort();
                frame[1] = from.getShort();
            }
            long before = (long) Math.floor(place);
            double part = place - before;
            short[] a = kept[(int) Math.floorMod(before, (long) KEPT)];
            short[] b = kept[(int) Math.floorMod(before + 1, (long) KEPT)];
            to.putShort((short) Math.rint(a[0] + part * (b[0] - a[0])));
            to.putShort((short) Math.rint(a[1] + part * (b[1] - a[1])));
            put++;
            place += ratio;
        }
        return put;
    }

    @Override
    public void close() {
        closed = true;
    }
}
