// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;

/**
 * How a driver goes about its work, drawn at random from what public drivers do. Everything drawn is harmless: the sound must
 * come out.
 *
 * @param lowFeatures which features below bit 32 it takes, if offered
 * @param version1 whether it takes VIRTIO_F_VERSION_1
 * @param featuresOk whether it sets FEATURES_OK
 * @param queues bit n: it sets up queue n
 * @param queueSize descriptors, at most; 0: the device's size
 * @param ok when it sets DRIVER_OK
 * @param events buffers in the event queue
 * @param vectors MSI-X vectors it uses; 0: INTx; -1: none, it polls
 * @param lookNanos how often it looks; 0: all the time, or when an interrupt comes
 * @param infos how it asks for PCM_INFO
 * @param setup what it asks for; the period is only what it says
 * @param messageFrames frames of a message, whatever the period
 * @param inFlight messages in flight
 * @param queuedFirst messages queued before START
 * @param chain shape of a message
 * @param pieces buffers of the frames
 * @param thinkNanos between a completion and the next message, less than half of one
 * @param end how a sound ends
 * @param again what a sound begins with when its stream is still open
 * @param cut what the driver does when its user stops a sound in the middle
 * @param recordEnd what the driver does at the end of a recording
 * @param oddBytes bytes that a message has more than whole frames
 * @param mistakes what it does besides
 * @param rings which of the features of {@link #OFFERED} it takes, if offered; none without VIRTIO_F_VERSION_1
 * @param suspendsEvery which of the opportunities to suspend the card it takes; 0: none
 */
record Habits(
        long lowFeatures,
        boolean version1,
        boolean featuresOk,
        int queues,
        int queueSize,
        DriverOk ok,
        int events,
        int vectors,
        long lookNanos,
        Infos infos,
        StreamSetup setup,
        int messageFrames,
        int inFlight,
        int queuedFirst,
        Chain chain,
        int pieces,
        long thinkNanos,
        End end,
        Again again,
        Cut cut,
        RecordEnd recordEnd,
        int oddBytes,
        Set<Mistake> mistakes,
        long rings,
        int suspendsEvery) {
    /** Option {@code virtio} of a card for them. */
    static final String OFFERED = "packed,in-order,notification-data,suspend";

    private static final long[] RINGS = {
        Features.RING_PACKED, Features.IN_ORDER, Features.NOTIFICATION_DATA, Features.SUSPEND
    };

    /** When DRIVER_OK is set. */
    enum DriverOk {
        BEFORE_REQUESTS,
        AFTER_INFO,
        AFTER_FIRST_START
    }

    /** How PCM_INFO is asked for. */
    enum Infos {
        NONE,
        ALL,
        ONE_BY_ONE,
        TWO_BUFFERS,
        STATUS_LAST
    }

    /** The readable buffers of a message, and a writable one's. */
    enum Chain {
        HEADER_ALONE,
        HEADER_WITH_FRAMES
    }

    /** How a sound ends once all of it has been handed over. */
    enum End {
        DRAIN_STOP_RELEASE,
        DRAIN_RELEASE_AFTER_STOP_START,
        DRAIN_STOP,
        DRAIN
    }

    /** With a stream that was not released. */
    enum Again {
        NOTHING,
        PREPARE,
        SET_PARAMS
    }

    /** In the middle of a sound. */
    enum Cut {
        STOP_RELEASE,
        STOP,
        STOP_WAIT_RELEASE
    }

    /** With messages pending. */
    enum RecordEnd {
        STOP_RELEASE,
        STOP_WAIT_RELEASE,
        STOP_WAIT_FREE
    }

    /** What a driver may get wrong without harm. */
    enum Mistake {
        NOTIFIES_WITH_ZERO,
        ASKS_FOR_NO_JACKS,
        RELEASES_TWICE,
        PREPARES_TWICE,
        SETS_PARAMS_TWICE,
        SENDS_SHORT_REQUESTS,
        REUSES_HEADER,
        KEEPS_PARAMS,
        FORGETS_EVENT_RINGS,
        HAS_SHORT_REPLY,
        STOPS_WHAT_IS_STOPPED
    }

    private static final int[] FORMATS = {SndWire.FMT_S16, SndWire.FMT_S16, SndWire.FMT_S32, SndWire.FMT_FLOAT};

    static Habits draw(long seed) {
        Random random = new Random(seed);
        int vectors = random.nextInt(4) - 1; // -1, 0, 1, 2
        StreamSetup setup = setup(random);
        int inFlight = 1 + random.nextInt(6);
        boolean single = random.nextInt(3) == 0;
        Set<Mistake> mistakes = EnumSet.noneOf(Mistake.class);
        for (Mistake mistake : Mistake.values()) {
            if (random.nextInt(5) == 0) {
                mistakes.add(mistake);
            }
        }
        int messageFrames = random.nextInt(3) > 0
                ? setup.periodFrames()
                : Math.max(48, setup.periodFrames() / 2 + random.nextInt(2 * setup.periodFrames()));
        boolean featuresOk = random.nextInt(6) > 0;
        Random more = new Random(~seed);
        long rings = drawRings(more);
        return new Habits(
                switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> Features.INDIRECT_DESC;
                    case 2 -> Features.EVENT_IDX;
                    default -> Features.INDIRECT_DESC | Features.EVENT_IDX;
                },
                random.nextInt(3) > 0,
                featuresOk,
                random.nextBoolean() ? 0xf : random.nextBoolean() ? 0xd : 0xe | 1,
                random.nextBoolean() ? 0 : 8 << random.nextInt(4),
                DriverOk.values()[random.nextInt(3)],
                random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(8),
                vectors,
                vectors >= 0 ? 0 : new long[] {0, 100_000, 1_000_000, 2_000_000}[random.nextInt(4)],
                Infos.values()[random.nextInt(Infos.values().length)],
                setup,
                messageFrames,
                single ? 1 : inFlight,
                random.nextInt((single ? 1 : inFlight) + 1),
                Chain.values()[random.nextInt(2)],
                random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(4),
                random.nextBoolean() ? 0 : random.nextInt((int) Math.min(20_000_000, setup.nanosOf(messageFrames) / 2)),
                End.values()[random.nextInt(4)],
                Again.values()[random.nextInt(3)],
                Cut.values()[random.nextInt(3)],
                RecordEnd.values()[random.nextInt(3)],
                random.nextInt(4) == 0 ? random.nextInt(setup.frameBytes()) : 0,
                mistakes,
                rings,
                (rings & Features.SUSPEND) != 0 ? 1 + more.nextInt(12) : 0);
    }

    /** Any of the features; every other driver takes none. */
    static long drawRings(Random random) {
        long drawn = 0;
        if (random.nextBoolean()) {
            for (long feature : RINGS) {
                drawn |= random.nextBoolean() ? feature : 0;
            }
        }
        return drawn;
    }

    private static StreamSetup setup(Random random) {
        int period = random.nextBoolean() ? 256 << random.nextInt(5) : 240 + random.nextInt(4000);
        int periods = 1 + random.nextInt(6);
        return new StreamSetup(
                FORMATS[random.nextInt(FORMATS.length)],
                random.nextBoolean() ? SndWire.RATE_48000 : SndWire.RATE_44100,
                1 + random.nextInt(2),
                period,
                period * periods);
    }

    boolean hasQueue(int queue) {
        return (queues >>> queue & 1) != 0;
    }

    boolean isWrong(Mistake mistake) {
        return mistakes.contains(mistake);
    }

    /** Bytes of a message. */
    int messageBytes() {
        return messageFrames * setup.frameBytes() + oddBytes;
    }

    /** Options of the card: a driver that waits for its messages between STOP and RELEASE needs one. */
    Map<String, String> options() {
        boolean all = cut == Cut.STOP_WAIT_RELEASE;
        boolean inputs = recordEnd != RecordEnd.STOP_RELEASE && hasQueue(SndWire.RX_QUEUE);
        return Map.of("stop", all ? "all" : inputs ? "inputs" : "keep", "virtio", OFFERED);
    }
}
