// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;

/**
 * Reads a source. As long as that is read at its own pace every frame comes through as it is. Once it is read at the pace
 * of another clock, it is resampled by as much as the two differ, and what piles up or is missing meanwhile is worked off
 * slowly; without a {@link Resampler}, or when the difference is too large for it, frames are dropped or silence is put
 * in, and counted.
 *
 * <p>Device thread only; allocates nothing while it runs.
 */
final class RateMatcher {
    /** How often the ratio is set. */
    private static final long STEER_NANOS = 100_000_000;
    /** What has piled up is worked off with this time constant. */
    private static final double SETTLE_SECONDS = 10;
    /** The ratio does not change faster: less than two cents of pitch a second. */
    private static final double SLEW_PER_SECOND = 0.001;
    /** While it is read sooner: this much faster at most, and so much more a second; 17 cents of pitch. */
    private static final double HURRY = 0.01;

    /** Without much latency to take it from, this much may pile up before frames are dropped. */
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
    private ByteBuffer input = ByteBuffer.allocate(0); // read and not taken by the resampler yet
    private ByteBuffer history = ByteBuffer.allocate(0); // the newest frames that came through as they were
    private ByteBuffer discarded = ByteBuffer.allocate(0);

    private boolean matching;
    private int discardedFrames; // put out and thrown away: the first three delays come from before begin()
    private long readFrames; // or skipped, of the source
    private long clockFrame; // of the source, that is due now
    private long owedSilenceFrames;
    private double ratio = 1;
    private double hurryFrames; // of what has piled up, to be worked off faster
    private double excessSum;
    private int excessCount;
    private long steeredNanos;

    RateMatcher(AudioBackend backend, AudioSource source, PcmParams params, StreamStatistics statistics) {
        this.backend = backend;
        this.source = source;
        this.params = params;
        this.statistics = statistics;
    }

    /** It may come to matching: gets what that needs. May be repeated. */
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

    /** Whether the source is read at another pace than its own. It stays so: to the resampler equal paces are as good. */
    boolean matching() {
        return matching;
    }

    /** Whether frames go through the resampler, which is better done a few at a time. */
    boolean resampling() {
        return matching && resampler != null;
    }

    /**
     * From now on the source is read at another pace.
     *
     * @return frames by which that has to be later, so that the source can be read that much ahead: the resampler's delay
     */
    int begin(long nowNanos) {
        prepare();
        matching = true;
        steeredNanos = nowNanos;
        Resampler by = resampler;
        if (by == null) {
            return 0;
        }
        // Feeds it what came last, so that what it puts out goes on where that ended.
        by.setRatio(1);
        ratio = 1;
        history.clear();
        input.clear().put(history).flip();
        discardedFrames = by.process(input, discarded.clear());
        return delayFrames;
    }

    /** Frames of the source that were used, or will be before the next one is put out; counted from its START. */
    long usedFrames() {
        return readFrames
                - input.remaining() / params.frameBytes()
                + (resampling() ? 3 * delayFrames - discardedFrames : 0);
    }

    /**
     * Fills the buffer, with silence where there is nothing.
     *
     * @param dueFrames so many frames that were not used are due now, those asked for among them
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
     * @param dueFrames as for {@link #read}, with those that are dropped
     */
    void skip(long frames, long dueFrames) {
        clockFrame = usedFrames() + dueFrames;
        source.skip(frames, clockFrame - readFrames);
        readFrames += frames;
    }

    /** Of a frame when it is read, in frames. */
    long latencyFrames() {
        return source.latencyFrames() + (resampling() ? delayFrames : 0) + Math.round(hurryFrames);
    }

    /**
     * The source's latency has gone down: so many frames count as piled up now, and go fast; without a resampler, at once.
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
     * Says how it stands, at least once in a while.
     *
     * @param readPerPut the rate of the source against the pace at which it is read, as far as is known
     * @param excessFrames that have piled up in the source since {@link #begin}; less than 0 if some are missing
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

    /** Gives back what {@link #prepare} got. */
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
        params.format().fillSilence(dst); // what the host did not deliver
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
