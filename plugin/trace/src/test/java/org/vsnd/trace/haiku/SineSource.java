// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.haiku;

import java.nio.ByteBuffer;
import org.vsnd.guest.haiku.PlaybackSource;

/** What the captured traces played: 440 Hz on the left, 660 Hz on the right, half scale, 16 bits at 48 kHz. */
final class SineSource implements PlaybackSource {
    private static final double AMPLITUDE = 16_383.5;
    private static final double RATE_HZ = 48_000;

    private long frame;

    @Override
    public void fill(ByteBuffer frames) {
        for (; frames.hasRemaining(); frame++) {
            frames.putShort(sample(440)).putShort(sample(660));
        }
    }

    private short sample(int hertz) {
        return (short) (AMPLITUDE * Math.sin(2 * Math.PI * hertz * frame / RATE_HZ));
    }
}
