// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.RestoredChains;

/**
 * The streams of one device, by their ids, and the links between them: capture streams follow the clock of a playback
 * stream, and are told when playback begins.
 *
 * <p>Device thread only, except {@link #statistics}; allocates nothing while the streams run.
 */
final class DeviceStreams {
    private final List<PcmStream> streams = new ArrayList<>();

    /** Adds the stream with the next id; while the device is built. */
    void add(PcmStream stream) {
        streams.add(stream);
    }

    int count() {
        return streams.size();
    }

    PcmStream get(int id) {
        return streams.get(id);
    }

    /** The stream with the id that a guest names, 0..2^32-1; null if there is none. */
    @Nullable
    PcmStream named(long id) {
        return id < streams.size() ? streams.get((int) id) : null;
    }

    /** See {@link SoundDevice#statistics}. Any thread. */
    List<StreamStatistics> statistics() {
        return streams.stream().map(stream -> stream.statistics).toList();
    }

    /** The queue of all output or of all input streams is reset. */
    void forgetMessages(boolean output) {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).info.isOutput() == output) {
                streams.get(i).forgetMessages();
            }
        }
    }

    /** Whether any has messages that go back without the driver doing anything more. */
    boolean areProcessing() {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).isProcessing()) {
                return true;
            }
        }
        return false;
    }

    /** The driver sends no more for a while: messages that are done and kept go back. */
    void keepNothing() {
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).keepNothing();
        }
    }

    /** Device reset. */
    void reset() {
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).reset();
        }
    }

    /** A playback message has found nothing playing, and its stream's clock was placed for it. */
    void playbackBegan() {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i) instanceof CaptureStream capture) {
                capture.playbackBegan();
            }
        }
    }

    /** The clock by which a driver with one message in flight plays now at a rate; null if there is none. */
    @Nullable
    StreamClock leadingClock(int rateHz) {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i) instanceof PlaybackStream playback) {
                StreamClock clock = playback.leadingClock(rateHz);
                if (clock != null) {
                    return clock;
                }
            }
        }
        return null;
    }

    /** The id of the playback stream that uses a clock; -1 if none does any more. */
    int idOf(StreamClock clock) {
        for (int i = 0; i < streams.size(); i++) {
            if (clockOf(i) == clock) {
                return i;
            }
        }
        return -1;
    }

    /** The clock that a playback stream uses; null if it plays nothing or there is no such stream. */
    @Nullable
    StreamClock clockOf(int id) {
        return named(id) instanceof PlaybackStream playback ? playback.clock() : null;
    }

    /** Writes a section for each. */
    void save(SnapshotWriter out) {
        streams.forEach(stream -> stream.save(out));
    }

    /**
     * Reads these, and changes nothing.
     *
     * @return restores the streams, except timers, which {@link ScheduledTasks} has; {@link #ensureTimers} comes next
     */
    Runnable load(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        List<Runnable> outputs = new ArrayList<>();
        List<Runnable> inputs = new ArrayList<>();
        for (PcmStream stream : streams) {
            (stream.info.isOutput() ? outputs : inputs).add(stream.load(in, chains));
        }
        return () -> {
            outputs.forEach(Runnable::run);
            inputs.forEach(Runnable::run); // they may follow an output's clock
        };
    }

    /** Writes the state and the parameters of each. */
    void saveSettings(SnapshotWriter out) {
        streams.forEach(stream -> stream.saveSettings(out));
    }

    /**
     * Reads these, and changes nothing.
     *
     * @return brings each stream into its state, with no message
     */
    Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        List<Runnable> steps = new ArrayList<>();
        for (PcmStream stream : streams) {
            steps.add(stream.loadSettings(in));
        }
        return () -> steps.forEach(Runnable::run);
    }

    /** After a restore. */
    void ensureTimers() {
        streams.forEach(PcmStream::ensureTimers);
    }
}
