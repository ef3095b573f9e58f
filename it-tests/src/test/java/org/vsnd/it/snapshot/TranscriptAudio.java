// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.guest.driver.BytePattern;

/** One host's audio, by the device's clock: what is played goes into the transcript, what is recorded is a pattern. */
final class TranscriptAudio implements AudioBackend {
    private static final long SEED = 78;

    private final Transcript transcript;

    TranscriptAudio(Transcript transcript) {
        this.transcript = transcript;
    }

    @Override
    public String name() {
        return "transcript";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return new Sink(params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return new Source(params);
    }

    @Override
    public void close() {
        // what was played is in the transcript
    }

    private final class Sink implements AudioSink {
        private final PcmParams params;
        private final String name;

        Sink(PcmParams params, String name) {
            this.params = params;
            this.name = name;
        }

        @Override
        public long targetFrames() {
            return params.targetFrames();
        }

        @Override
        public int write(ByteBuffer frames) {
            int count = frames.remaining() / params.frameBytes();
            transcript.played(name, frames);
            return count;
        }

        @Override
        public void gap(long frames) {
            transcript.add(name + " has a gap of " + frames);
        }

        @Override
        public void start() {
            // goes by the device's clock
        }

        @Override
        public void pause() {
            // goes by the device's clock
        }

        @Override
        public void drain() {
            // goes by the device's clock
        }

        @Override
        public PositionReports reports() {
            return PositionReports.NONE;
        }

        @Override
        public void close() {
            // what was played is in the transcript
        }
    }

    private static final class Source implements AudioSource {
        private final PcmParams params;
        private long place;

        Source(PcmParams params) {
            this.params = params;
        }

        @Override
        public long latencyFrames() {
            return 0;
        }

        @Override
        public void start() {
            // goes by the device's clock
        }

        @Override
        public void pause() {
            // goes by the device's clock
        }

        @Override
        public int read(ByteBuffer dst, long dueFrames) {
            int frames = dst.remaining() / params.frameBytes();
            for (int i = frames * params.frameBytes(); i > 0; i--) {
                dst.put(BytePattern.at(SEED, place++));
            }
            return frames;
        }

        @Override
        public void skip(long frames, long dueFrames) {
            place += frames * params.frameBytes();
        }

        @Override
        public PositionReports reports() {
            return PositionReports.NONE;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
