// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;

/**
 * The way of one guest to one card which, by way of snapshots, is now in one host and now in another, each with a clock, an
 * interrupt controller and host audio of its own. Memory and the guest's time are what a host moves with the card.
 */
final class MigratingBus implements Bus {
    private static final int DATA_VALUES = 0x1000;

    private final FlatMemory memory;
    private final int vectors;
    private final boolean hostMasks;
    private final Map<String, String> options;
    private final Transcript transcript;
    private final Supplier<AudioBackend> audio;
    private final Moves moves;
    private final long[] earlierMessages = new long[DATA_VALUES];
    private WitnessHost host;
    private SoundCard card;
    private byte @Nullable [] earlier; // the snapshot before
    private int moved;

    /**
     * @param vectors MSI-X vectors that every host can take
     * @param hostMasks whether they mask
     * @param audio makes each host's
     */
    MigratingBus(
            FlatMemory memory,
            int vectors,
            boolean hostMasks,
            Map<String, String> options,
            Transcript transcript,
            Supplier<AudioBackend> audio,
            Moves moves) {
        this.memory = memory;
        this.vectors = vectors;
        this.hostMasks = hostMasks;
        this.options = options;
        this.transcript = transcript;
        this.audio = audio;
        this.moves = moves;
        host = newHost(0, 0);
        card = newCard(host);
        transcript.setClock(this::nanoTime);
    }

    private WitnessHost newHost(long originNanos, long guestNanos) {
        InterruptLog interrupts = new InterruptLog(vectors, hostMasks);
        return new WitnessHost(new VirtualHost(memory, interrupts, originNanos), transcript, guestNanos);
    }

    private SoundCard newCard(WitnessHost into) {
        try {
            return new VirtioSoundPlugin().create(into, options, audio.get());
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** How often the card was moved. */
    int moved() {
        return moved;
    }

    /** The card's statistics in words. */
    String statistics() {
        StringBuilder words = new StringBuilder();
        for (StreamStatistics stream : card.statistics()) {
            words.append(stream.name()).append(' ').append(stream.state());
            words.append(' ').append(stream.rateHz()).append(' ').append(stream.frames());
            words.append(' ').append(stream.messages()).append(' ').append(stream.xruns());
            words.append(' ').append(stream.reanchorings()).append(' ').append(stream.latencyFrames());
            words.append(' ').append(stream.completionErrors().count());
            words.append(' ').append(stream.completionErrors().maxNanos()).append('\n');
        }
        return words.toString();
    }

    private void moveIfDue() {
        if (moves.due(nanoTime())) {
            if (moves.real()) {
                move();
            }
            moves.done(nanoTime());
            plug();
        }
    }

    /** Whether the card was moved or not, somebody plugs something into a jack, if there is one, or out. */
    private void plug() {
        int jacks = card.arePlugged().size();
        if (jacks > 0) {
            card.plug(moves.count() % jacks, moves.count() % 3 == 0);
        }
    }

    private void move() {
        Snapshotable from = card.ability(Snapshotable.class).orElseThrow();
        byte[] snapshot = from.snapshot();
        assertThat(from.snapshot()).as("taking a snapshot changes nothing").isEqualTo(snapshot);
        boolean asserted = intxAsserted();
        long guestNanos = nanoTime();
        for (int data = 0; data < DATA_VALUES; data++) {
            earlierMessages[data] += host.log().messages(data);
        }
        assertThat(host.log().strays()).as("stray interrupts").isZero();
        host.setQuiet(true);
        restoreInPlace(from, snapshot);
        card.close();

        WitnessHost next = newHost(moves.randomOrigin(), guestNanos);
        next.setQuiet(true);
        SoundCard copy = newCard(next);
        try {
            copy.restore(snapshot);
        } catch (SnapshotException e) {
            throw new AssertionError("move " + moved, e);
        }
        assertThat(copy.snapshot()).as("what was restored").isEqualTo(snapshot);
        assertThat(next.memoryAccesses())
                .as("guest memory is none of a restore's")
                .isZero();
        assertThat(next.log().total()).as("messages at a restore").isZero();
        assertThat(next.log().intxAsserted()).isEqualTo(asserted);
        next.setQuiet(false);
        host = next;
        card = copy;
        earlier = snapshot;
        moved++;
    }

    /** It makes no difference what a card was before it is restored. */
    private void restoreInPlace(Snapshotable from, byte[] snapshot) {
        try {
            from.restore(earlier == null ? snapshot : earlier);
            from.restore(snapshot);
        } catch (SnapshotException e) {
            throw new AssertionError("move " + moved + " in place", e);
        }
        assertThat(from.snapshot()).as("what was restored in place").isEqualTo(snapshot);
    }

    private void settle() {
        host.thread().settle();
    }

    @Override
    public int readConfig(int offset, int size) {
        moves.access();
        moveIfDue();
        int value = card.readConfig(offset, size);
        settle();
        transcript.add("config " + offset + " reads " + value);
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        moves.access();
        moveIfDue();
        transcript.add("config " + offset + " gets " + value);
        card.writeConfig(offset, size, value);
        settle();
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        moves.access();
        moveIfDue();
        long value = card.readBar(bar, offset, size);
        settle();
        transcript.add("bar " + bar + " " + offset + " reads " + value);
        return value;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        moves.access();
        moveIfDue();
        transcript.add("bar " + bar + " " + offset + " gets " + value);
        card.writeBar(bar, offset, size, value);
        settle();
    }

    @Override
    public GuestRam ram() {
        return memory.ram();
    }

    @Override
    public DmaGuard guard() {
        return memory;
    }

    @Override
    public long messages(int data) {
        return earlierMessages[data] + host.log().messages(data);
    }

    @Override
    public boolean intxAsserted() {
        return host.log().intxAsserted();
    }

    @Override
    public long nanoTime() {
        return host.guestNanos();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long limit = timeoutNanos > Long.MAX_VALUE - nanoTime() ? Long.MAX_VALUE : nanoTime() + timeoutNanos;
        while (true) {
            boolean[] holds = {false};
            int before = moves.count(); // the condition may access registers, and so move the card
            long untilNanos = Math.min(limit, Math.max(nanoTime(), moves.nanos()));
            host.thread()
                    .await(
                            () -> {
                                holds[0] = condition.getAsBoolean();
                                moves.task();
                                return holds[0] || moves.count() != before || moves.due(nanoTime());
                            },
                            untilNanos - nanoTime());
            if (holds[0]) {
                return true;
            }
            if (nanoTime() >= limit && !moves.due(nanoTime())) {
                return false;
            }
            moveIfDue();
        }
    }

    @Override
    public void close() {
        card.close();
        host.log().close();
        assertThat(memory.violations())
                .as("accesses the driver had not allowed")
                .isEmpty();
        assertThat(host.log().strays()).as("stray interrupts").isZero();
    }
}
