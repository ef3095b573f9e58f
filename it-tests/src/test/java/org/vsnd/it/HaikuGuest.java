// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;

/** The model of Haiku on a bus: plays the pattern of seed 0, keeps what it records, leaves nothing behind. */
final class HaikuGuest implements AutoCloseable {
    static final int PERIOD_FRAMES = BufferExchange.FRAMES;
    static final long MILLI = 1_000_000L;

    private final HaikuMachine haiku;
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private long bytesFilled;

    /** From the firmware to the probe. */
    HaikuGuest(Bus bus, HaikuVersion version) {
        haiku = new HaikuMachine(bus, version);
        haiku.firmware();
        haiku.boot();
    }

    HaikuGuest(Bus bus) {
        this(bus, HaikuVersion.BRANCH);
    }

    HaikuMachine haiku() {
        return haiku;
    }

    /** Opens the device and starts the media server's node. */
    MultiAudioNode play(NodeSettings settings) {
        MultiAudioNode node = new MultiAudioNode(haiku.open(), settings, this::fill, this::keep);
        node.start();
        return node;
    }

    private void fill(ByteBuffer frames) {
        int bytes = frames.remaining();
        frames.put(BytePattern.bytes(0, bytesFilled, bytes));
        bytesFilled += bytes;
    }

    private void keep(ByteBuffer frames) {
        byte[] bytes = new byte[frames.remaining()];
        frames.get(bytes);
        recorded.writeBytes(bytes);
    }

    /** Everything recorded, from the first buffer on, which is silent. */
    byte[] recorded() {
        return recorded.toByteArray();
    }

    /** Bytes given to be played, the last two buffers of which have not been sent yet. */
    long bytesFilled() {
        return bytesFilled;
    }

    /** Closes the device; no area and no write to a deleted one may be left. */
    @Override
    public void close() {
        haiku.close();
        assertThat(haiku.kernel().liveAreas()).as("areas left").isZero();
        haiku.kernel().checkDeletedAreas();
    }

    /** Every interval between exchanges from {@code first} on is a period to the nanosecond, both ways. */
    static void assertExact(List<BufferExchange> exchanges, int first, int rateHz) {
        long period = PERIOD_FRAMES * 1_000_000_000L / rateHz;
        for (int i = first + 1; i < exchanges.size(); i++) {
            BufferExchange before = exchanges.get(i - 1);
            BufferExchange exchange = exchanges.get(i);
            assertThat(exchange.ok()).isTrue();
            assertThat(exchange.playedNanos() - before.playedNanos())
                    .as("playback of exchange %d", i)
                    .isBetween(period, period + 1);
            assertThat(exchange.recordedNanos() - before.recordedNanos())
                    .as("recording of exchange %d", i)
                    .isBetween(period, period + 1);
        }
    }
}
