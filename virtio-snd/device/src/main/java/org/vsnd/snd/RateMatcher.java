// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;

/**
 * Reads a source. While the source is read at its own pace, every frame passes unchanged. Once it is read at the pace
 * of another clock, it is resampled by the difference of the two, and an accumulated surplus or deficit is worked off
 * slowly. Without a {@link Resampler}, or when the difference is too large for it, frames are dropped or silence is
 * inserted, and counted.
 *
 * <p>Device thread only; allocates nothing while it runs.
 */
final class RateMatcher {
    /** How often the ratio is set. */
    private static final long STEER_NANOS = 100_000_000;
    /** Time constant for working off the surplus. */
    private static final double SETTLE_SECONDS = 10;
    /** The ratio changes no faster than this: less than two cents of pitch a second. */
    private static final double SLEW_PER_SECOND = 0.001;
    /** While it is read sooner: at most this much faster, and this much more per second; 17 cents of pitch. */
    private static final double HURRY = 0.01;

    /** The surplus that may accumulate before frames are dropped, if there is little latency to take it from. */
    private static final int SLIPS_PER_SECOND = 200;

    private static final int INPUT_FRAMES = 512;
    private static final double NANOS_PER_SECOND = 1e9;

    private final AudioBackend backend;
    private final AudioSource source;
    private final PcmParams params;
    private final StreamStatistics statistics;

    private boolean prepared;
    private @Nullable Resampler resampler;
    private int delayFrames;
    private ByteBuffer input = ByteBuffer.allocate(0); // read, but not yet taken by the resampler
    private ByteBuffer history = ByteBuffer.allocate(0); // the newest frames that passed unchanged
    private ByteBuffer discarded = ByteBuffer.allocate(0);

    private boolean matching;
    private int discardedFrames; // of the output: the first three delays come from before begin()
    private long readFrames; // of the source, including skipped ones
    private long clockFrame; // of the source, that is due now
    private long owedSilenceFrames;
    private double ratio = 1;
    private double hurryFrames; // of the surplus, to be worked off faster
    private double excessSum;
    private int excessCount;
    private long steeredNanos;

    RateMatcher(AudioBackend backend, AudioSource source, PcmParams params, StreamStatistics statistics) {
        this.backend = backend;
        this.source = source;
        this.params = params;
        this.statistics = statistics;
    }

    /** Prepares for matching, which may become necessary. May be repeated. */
    void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        Resampler opened = backend.openResampler(params).orElse(null);
        if (opened != null) {
            resampler = opened;
            delayFrames = opened.delayFrames();
            input = frames(Math.max(INPUT_FRAMES, 2 * delayFrames)).limit(0);
            history = frames(2 * delayFrames);
            params.format().fillSilence(history);
            discarded = frames(3 * delayFrames);
        }
    }

    /**
     * Whether the source is read at another pace than its own. This stays so: the resampler works as well with equal
     * paces.
     */
    boolean matching() {
        return matching;
    }

    /** Whether frames go through the resampler, which is better done a few at a time. */
    boolean resampling() {
        return matching && resampler != null;
    }

    /**
     * From now on reads the source at another pace.
     *
     * @return frames by which reading must be later, so that the source can be read that far ahead: the resampler's
     *     delay
     */
    int begin(long nowNanos) {
        prepare();
        matching = true;
        steeredNanos = nowNanos;
        Resampler by = resampler;
        if (by == null) {
            return 0;
        }
        // Feeds it the last frames, so that its output continues where they ended.
        by.setRatio(1);
        ratio = 1;
        history.clear();
        input.clear().put(history).flip();
        discardedFrames = by.process(input, discarded.clear());
        return delayFrames;
    }

    /** Frames of the source that were used, or will be before the next output frame; counted from its START. */
    long usedFrames() {
        return readFrames
                - input.remaining() / params.frameBytes()
                + (resampling() ? 3 * delayFrames - discardedFrames : 0);
    }

    /**
     * Fills the buffer, with silence where there are no frames.
     *
     * @param dueFrames how many unused frames are due now, including those asked for
     */
    void read(ByteBuffer dst, long dueFrames) {
        clockFrame = usedFrames() + dueFrames;
        Resampler by = resampler;
        if (matching && by != null) {
            if (discardedFrames < 3 * delayFrames) {
                readResampled(by, discarded.clear().position(discardedFrames * params.frameBytes()));
                discardedFrames = 3 * delayFrames;
            }
            readResampled(by, dst);
            return;
        }
        int from = dst.position();
        readSource(dst);
        remember(dst, from);
    }

    /**
     * Drops the oldest frames.
     *
     * @param dueFrames as for {@link #read}, including those that are dropped
     */
    void skip(long frames, long dueFrames) {
        clockFrame = usedFrames() + dueFrames;
        source.skip(frames, clockFrame - readFrames);
        readFrames += frames;
    }

    /** Latency of a frame when it is read, in frames. */
    long latencyFrames() {
        return source.latencyFrames() + (resampling() ? delayFrames : 0) + Math.round(hurryFrames);
    }

    /**
     * The source's latency has gone down: this many frames count as surplus now, and go fast; without a resampler, at
     * once.
     *
     * @param dueFrames as for {@link #read}
     */
    void hurry(long frames, long dueFrames) {
        if (resampling()) {
            hurryFrames += frames;
            excessSum = 0;
            excessCount = 0;
        } else if (frames > 0) {
            slip(frames, dueFrames);
        }
    }

    /**
     * Reports the state of the source; must be called regularly.
     *
     * @param readPerPut the rate of the source against the pace at which it is read, as far as known
     * @param excessFrames surplus in the source since {@link #begin}; negative for a deficit
     * @param dueFrames as for {@link #read}
     */
    void steer(double readPerPut, long excessFrames, long dueFrames, long nowNanos) {
        if (!matching) {
            return;
        }
        excessSum += excessFrames;
        excessCount++;
        long sinceNanos = nowNanos - steeredNanos;
        if (sinceNanos < STEER_NANOS) {
            return;
        }
        Resampler by = resampler;
        double seconds = Math.min(1, sinceNanos / NANOS_PER_SECOND);
        double hurriedFrames = Math.min(hurryFrames, HURRY * seconds * params.rateHz());
        hurryFrames -= hurriedFrames;
        double meanFrames = excessSum / excessCount - hurryFrames;
        if (Math.abs(meanFrames) > mostExcessFrames()) {
            slip(Math.round(meanFrames), dueFrames);
        } else if (by != null) {
            double wanted = readPerPut
                    + meanFrames / (SETTLE_SECONDS * params.rateHz())
                    + hurriedFrames / (seconds * params.rateHz());
            boolean hurries = hurriedFrames > 0 || Math.abs(wanted - ratio) > 2 * SLEW_PER_SECOND;
            double step = (hurries ? HURRY : SLEW_PER_SECOND) * seconds;
            ratio = limit(limit(wanted, ratio, step), 1, Resampler.WIDEST_DEVIATION);
            by.setRatio(ratio);
        }
        excessSum = 0;
        excessCount = 0;
        steeredNanos = nowNanos;
    }

    /** Frees what {@link #prepare} took. */
    void close() {
        if (resampler != null) {
            resampler.close();
            resampler = null;
        }
        matching = false;
    }

    private static double limit(double value, double around, double most) {
        return Math.max(around - most, Math.min(around + most, value));
    }

    private long mostExcessFrames() {
        return Math.max(source.latencyFrames() / 2, params.rateHz() / SLIPS_PER_SECOND);
    }

    private void slip(long frames, long dueFrames) {
        if (frames > 0) {
            skip(frames, dueFrames + frames);
        } else {
            owedSilenceFrames -= frames;
            readFrames += frames;
        }
        statistics.slipped(Math.abs(frames));
    }

    private void readResampled(Resampler by, ByteBuffer dst) {
        int frameBytes = params.frameBytes();
        while (dst.remaining() >= frameBytes) {
            if (input.remaining() < frameBytes) {
                input.clear().limit(Math.min(input.capacity(), dst.remaining()));
                readSource(input);
                input.flip();
            }
            by.process(input, dst);
        }
    }

    private void readSource(ByteBuffer dst) {
        int limit = dst.limit();
        int frameBytes = params.frameBytes();
        int silentFrames = (int) Math.min(owedSilenceFrames, dst.remaining() / frameBytes);
        dst.limit(dst.position() + silentFrames * frameBytes);
        params.format().fillSilence(dst);
        owedSilenceFrames -= silentFrames;
        dst.limit(limit);
        readFrames += silentFrames;
        long read = readFrames;
        readFrames += dst.remaining() / frameBytes;
        source.read(dst, clockFrame - read);
        params.format().fillSilence(dst); // for frames that the host did not deliver
    }

    private void remember(ByteBuffer frames, int from) {
        int bytes = Math.min(frames.position() - from, history.capacity());
        history.clear().position(bytes);
        history.compact();
        history.limit(history.capacity()).position(history.capacity() - bytes);
        history.put(history.position(), frames, frames.position() - bytes, bytes);
    }

    private ByteBuffer frames(int count) {
        return ByteBuffer.allocateDirect(count * params.frameBytes());
    }
}
