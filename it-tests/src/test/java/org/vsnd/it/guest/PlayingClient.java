// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;

/**
 * A machine with a card in it that plays and does nothing else, on a thread of its own, and notes when each message came back.
 * Any thread.
 */
final class PlayingClient implements AutoCloseable {
    static final int PERIOD_FRAMES = 2400;
    static final long PERIOD_NANOS = PERIOD_FRAMES * 1_000_000_000L / 48_000;

    private static final int RAM_BYTES = 8 << 20;
    private static final long LOOK_NANOS = 1_000_000_000L;
    private static final long END_SECONDS = 10;

    private final Thread thread;
    private volatile boolean ended;
    private volatile int messages;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable PeriodStream stream;

    /** Begins to play on the card behind a socket. */
    PlayingClient(Path socket) {
        thread = new Thread(() -> play(socket), "plays-" + socket.getFileName());
        thread.setDaemon(true);
        thread.start();
    }

    private void play(Path socket) {
        try (ClientMemory memory = new ClientMemory(RAM_BYTES)) {
            VfioUserBus bus = VfioUserBus.connect(socket, Personality.QEMU, memory);
            try {
                SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
                PeriodStream playing =
                        new PeriodStream(driver, 0, true, StreamSetup.s16At48k(PERIOD_FRAMES, 4 * PERIOD_FRAMES));
                playing.withoutContent();
                playing.start();
                stream = playing;
                while (!ended) {
                    driver.await(
                            () -> {
                                playing.collect();
                                messages = playing.completions();
                                return ended;
                            },
                            LOOK_NANOS);
                }
                playing.stop();
                playing.release();
            } finally {
                bus.unplug();
            }
        } catch (Exception | Error e) {
            failure = e;
        }
    }

    /** Messages that came back so far. */
    int messages() {
        return messages;
    }

    /** When a message came back that {@link #messages} has counted. */
    long nanos(int message) {
        PeriodStream playing = stream;
        if (playing == null) {
            throw new IllegalStateException("no message yet");
        }
        return playing.completionNanos(message);
    }

    /** What went wrong; null: nothing. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
