// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/** The statistics of one stream since the device was made. Written by the device thread, read by any thread. */
public final class StreamStatistics {
    /** More than any count here will ever reach. */
    static final long MOST = 1L << 53;

    private final String name;
    private final boolean playback;
    private final CompletionErrors completionErrors = new CompletionErrors();

    private volatile StreamState state = StreamState.INITIAL;
    private volatile int rateHz;
    private volatile long frames;
    private volatile long messages;
    private volatile long xruns;
    private volatile long reanchorings;
    private volatile long slippedFrames;
    private volatile long hostDroppedFrames;
    private volatile long hostSilentFrames;
    private volatile long latencyFrames;
    private long closedDroppedFrames; // of host audio that was closed; device thread
    private long closedSilentFrames;

    StreamStatistics(String name, boolean playback) {
        this.name = name;
        this.playback = playback;
    }

    /** The stream's name, for example {@code output 0}. */
    public String name() {
        return name;
    }

    /** Whether the stream plays; otherwise it records. */
    public boolean playback() {
        return playback;
    }

    /** The stream's state in its life cycle. */
    public StreamState state() {
        return state;
    }

    /** Frames per second as last set, or 0. */
    public int rateHz() {
        return rateHz;
    }

    /** Frames of completed messages. */
    public long frames() {
        return frames;
    }

    /** Messages completed with OK. */
    public long messages() {
        return messages;
    }

    /** Episodes in which the guest was too late: nothing to play, or a record ring that overflowed. */
    public long xruns() {
        return xruns;
    }

    /** How often the stream's clock was placed anew while it ran. */
    public long reanchorings() {
        return reanchorings;
    }

    /** Frames dropped, or inserted as silence, because the host records by another clock than the stream follows. */
    public long slippedFrames() {
        return slippedFrames;
    }

    /**
     * Frames that the guest played but the host did not, or that the host recorded but the guest was not given, because
     * guest time and the host's clock differ: only under a virtual time base with live host audio.
     */
    public long hostDroppedFrames() {
        return hostDroppedFrames;
    }

    /** Frames of silence that were heard, or given to the guest, for the same reason. */
    public long hostSilentFrames() {
        return hostSilentFrames;
    }

    /** The latency reported with the last message, in frames. */
    public long latencyFrames() {
        return latencyFrames;
    }

    /** How late the device completed messages that had come in time. */
    public CompletionErrors completionErrors() {
        return completionErrors;
    }

    void setState(StreamState state) {
        this.state = state;
    }

    void setRateHz(int rateHz) {
        this.rateHz = rateHz;
    }

    /** Writes everything but name and state. */
    void save(SnapshotWriter out) {
        out.i32(rateHz)
                .i64(frames)
                .i64(messages)
                .i64(xruns)
                .i64(reanchorings)
                .i64(slippedFrames)
                .i64(latencyFrames)
                .i64(hostDroppedFrames)
                .i64(hostSilentFrames);
        completionErrors.save(out);
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        int loadedRateHz = in.i32("the rate", 0, Integer.MAX_VALUE);
        long loadedFrames = in.i64("frames completed", 0, MOST);
        long loadedMessages = in.i64("messages completed", 0, MOST);
        long loadedXruns = in.i64("under-runs", 0, MOST);
        long loadedReanchorings = in.i64("new places", 0, MOST);
        long loadedSlippedFrames = in.i64("slipped frames", 0, MOST);
        long loadedLatencyFrames = in.i64("the latency", 0, MOST);
        long loadedDroppedFrames = in.i64("frames the host dropped", 0, MOST);
        long loadedSilentFrames = in.i64("frames of silence in the host", 0, MOST);
        Runnable errors = completionErrors.load(in);
        return () -> {
            rateHz = loadedRateHz;
            frames = loadedFrames;
            messages = loadedMessages;
            xruns = loadedXruns;
            reanchorings = loadedReanchorings;
            slippedFrames = loadedSlippedFrames;
            latencyFrames = loadedLatencyFrames;
            hostDroppedFrames = loadedDroppedFrames;
            hostSilentFrames = loadedSilentFrames;
            hostClosed(); // the open host audio then counts from 0
            errors.run();
        };
    }

    // Only the device thread writes: read, add, write is safe.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void completed(long messageFrames, long reportedLatencyFrames) {
        frames += messageFrames;
        messages++;
        latencyFrames = reportedLatencyFrames;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void xrun() {
        xruns++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void slipped(long frames) {
        slippedFrames += frames;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void reanchored() {
        reanchorings++;
    }

    /** Frames that the open host audio has dropped and inserted since it was opened. */
    void outOfPace(long droppedFrames, long silentFrames) {
        hostDroppedFrames = closedDroppedFrames + droppedFrames;
        hostSilentFrames = closedSilentFrames + silentFrames;
    }

    /** Host audio was closed; the next one counts from 0. */
    void hostClosed() {
        closedDroppedFrames = hostDroppedFrames;
        closedSilentFrames = hostSilentFrames;
    }
}
