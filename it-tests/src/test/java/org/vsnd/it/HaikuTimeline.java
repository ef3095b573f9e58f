// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;

/**
 * The model of Haiku in virtual time, playing and recording 16-bit stereo whose frames are numbers: how long after its
 * completion each buffer is heard, and how old each recorded buffer is.
 */
final class HaikuTimeline implements AutoCloseable {
    private static final int RAM_BYTES = 32 << 20;
    /** The node fills a buffer after an exchange; it is sent with the second one after that. */
    private static final int EXCHANGES_AHEAD = 2;

    private final FrameTape tape;
    private final SoundCard card;
    private final VirtualBus bus;
    private final HaikuMachine haiku;
    private final MultiAudioNode node;
    private final FrameNumbers played = new FrameNumbers();
    private final FrameNumbers recorded = new FrameNumbers();

    HaikuTimeline(int rateHz, long thinkNanos) {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2048, false));
        tape = new FrameTape(host.thread()::nanoTime);
        try {
            card = new VirtioSoundPlugin().create(host, Map.of(), tape);
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
        bus = new VirtualBus(host, card);
        haiku = new HaikuMachine(bus, HaikuVersion.BRANCH);
        haiku.firmware();
        haiku.boot();
        NodeSettings settings = NodeSettings.of(SampleFormat.S16, rateHz).thinking(thinkNanos);
        node = new MultiAudioNode(haiku.open(), settings, played::give, recorded::take);
        node.start();
    }

    MultiAudioNode node() {
        return node;
    }

    SoundCard card() {
        return card;
    }

    FrameTape tape() {
        return tape;
    }

    /** What the media server got. */
    FrameNumbers recorded() {
        return recorded;
    }

    private BufferExchange exchange(int index) {
        return node.exchanges().get(index);
    }

    /** From an exchange's playback completion to the moment its buffer's first frame is heard. */
    long untilHeardNanos(int exchange) {
        long first = (exchange - EXCHANGES_AHEAD) * (long) HaikuGuest.PERIOD_FRAMES + 1;
        long place = tape.heard().placeOf(first);
        assertThat(place).as("the buffer of exchange %d is heard", exchange).isNotNegative();
        return tape.heardNanos(place) - exchange(exchange).playedNanos();
    }

    /** How old the newest frame of an exchange's record buffer was when the exchange returned. */
    long ageNanos(int exchange) {
        long last = recorded.numberAt((exchange + 2L) * HaikuGuest.PERIOD_FRAMES - 1); // handed on one exchange later
        assertThat(last).as("exchange %d has recorded something", exchange).isPositive();
        return exchange(exchange).recordedNanos() - tape.capturedNanos(last);
    }

    /** All that was played was heard once, in order, in time. */
    void assertHeardAll() {
        List<FrameNumbers.Run> runs = tape.heard().runs();
        long next = 1;
        for (FrameNumbers.Run run : runs) {
            assertThat(run.first()).as("the frame after %d", next - 1).isEqualTo(next);
            next = run.last() + 1;
        }
        int sent = node.exchanges().size() - EXCHANGES_AHEAD;
        assertThat(next - 1).isEqualTo((long) sent * HaikuGuest.PERIOD_FRAMES);
        assertThat(tape.framesLate()).isZero();
    }

    @Override
    public void close() {
        node.close();
        bus.close();
        assertThat(haiku.kernel().liveAreas()).isZero();
    }
}
