package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.Resampler;

/**
 * Host audio whose playback and capture go by clocks of their own, off the thread's by some millionths. The microphone
 * hears a tone; a frame can be read as soon as it is {@link #LATENCY} old. S16 stereo at 48 kHz.
 */
final class LiveHost implements AudioBackend {
    static final int LATENCY = 960;
    static final double TONE_HZ = 440;
    static final int AMPLITUDE = 16_000;

    private static final int CHUNK = 480; // read ahead of the latency: what a chunk of the host's takes

    final List<LinearResampler> resamplers = new ArrayList<>();
    final boolean resamples;
    int noiseFrames = 2;
    double playbackPpm;
    double capturePpm;
    long startNanos;
    VirtualThread thread;
    private final Random random = new Random(1);
    private Sink sink;
    private Source source;

    LiveHost(double playbackPpm, double capturePpm, boolean resamples) {
        this.playbackPpm = playbackPpm;
        this.capturePpm = capturePpm;
        this.resamples = resamples;
    }

    Rig rig(ExchangeRule exchange) {
        Rig rig = new Rig(CompletionPolicy.PACED, exchange, this);
        thread = rig.thread;
        startNanos = thread.nowNanos;
        return rig;
    }

    Source source() {
        return source;
    }

    /** Both clocks say where they are. */
    void report() {
        if (sink != null && sink.started) {
            long heard = Math.min(sink.written, sink.heard() + noise());
            sink.reports.publish(PositionReports.Kind.POSITION, heard, thread.nowNanos);
        }
        if (source != null && source.base != Long.MIN_VALUE) {
            source.reports.publish(
                    PositionReports.Kind.POSITION, source.air() - LATENCY - source.base + noise(), thread.nowNanos);
        }
    }

    /** Positions are a little off either way. */
    private int noise() {
        return random.nextInt(2 * noiseFrames + 1) - noiseFrames;
    }

    @Override
    public String name() {
        return "live";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        sink = new Sink();
        return sink;
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        source = new Source();
        return source;
    }

    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        if (!resamples) {
            return Optional.empty();
        }
        resamplers.add(new LinearResampler());
        return Optional.of(resamplers.get(resamplers.size() - 1));
    }

    @Override
    public void close() {}

    private final class Sink implements AudioSink {
        private final PositionReports reports = new PositionReports();
        private long originFrame;
        private long written;
        private boolean started;

        private long dac() {
            return (long) ((thread.nowNanos - startNanos) * 48e-6 * (1 + playbackPpm / 1e6));
        }

        private long heard() {
            return Math.min(written, dac() - originFrame);
        }

        @Override
        public long targetFrames() {
            return LATENCY;
        }

        @Override
        public int write(ByteBuffer frames) {
            int count = frames.remaining() / 4;
            if (written == 0 || heard() == written) { // the first, or dry: heard a target from now
                originFrame = dac() + LATENCY - written;
            }
            written += count;
            frames.position(frames.limit());
            return count;
        }

        @Override
        public void gap(long frames) {}

        @Override
        public void start() {
            started = true;
        }

        @Override
        public void pause() {
            started = false;
        }

        @Override
        public void drain() {}

        @Override
        public PositionReports reports() {
            return reports;
        }

        @Override
        public void close() {
            started = false;
        }
    }

    final class Source implements AudioSource {
        private final PositionReports reports = new PositionReports();
        private long base = Long.MIN_VALUE; // the host's number of the first frame
        private long next;
        private long shown;
        /** Frames asked for before the host had them. */
        long missing;

        private long air() {
            return airAt(thread.nowNanos);
        }

        private long airAt(long nanos) {
            return (long) ((nanos - startNanos) * 48e-6 * (1 + capturePpm / 1e6));
        }

        /** Frames in the air since the one that was read last, if nothing was read since. */
        long ageAt(long nanos) {
            return airAt(nanos) - base - next;
        }

        private void place() {
            if (base == Long.MIN_VALUE) {
                base = air() - LATENCY - shown;
            }
        }

        @Override
        public void clockShows(long frame) {
            shown = frame;
        }

        @Override
        public long latencyFrames() {
            return LATENCY;
        }

        @Override
        public void start() {}

        @Override
        public void pause() {}

        @Override
        public int read(ByteBuffer dst) {
            place();
            dst.order(ByteOrder.LITTLE_ENDIAN);
            int count = dst.remaining() / 4;
            for (int i = 0; i < count; i++) {
                double phase = 2 * Math.PI * TONE_HZ / 48_000 * (base + next);
                boolean there = base + next + CHUNK < air();
                short sample = there ? (short) Math.rint(AMPLITUDE * Math.sin(phase)) : 0;
                missing += there ? 0 : 1;
                dst.putShort(sample).putShort(sample);
                next++;
            }
            return count;
        }

        @Override
        public void skip(long frames) {
            place();
            next += frames;
        }

        @Override
        public PositionReports reports() {
            return base == Long.MIN_VALUE ? PositionReports.NONE : reports;
        }

        @Override
        public void close() {}
    }
}
