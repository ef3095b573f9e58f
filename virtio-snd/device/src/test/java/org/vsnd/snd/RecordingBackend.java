// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.SilentSource;
import org.vsnd.audio.SourceChoice;

/** Host audio that writes down what it is asked to do. Records a counter: byte n of the microphone is (byte) n. */
final class RecordingBackend implements AudioBackend {
    final List<String> calls = new ArrayList<>();
    final ByteArrayOutputStream played = new ByteArrayOutputStream();
    /** NONE: plays by the device's clock. */
    PositionReports sinkReports = new PositionReports();

    /** The same of recording. */
    PositionReports sourceReports = PositionReports.NONE;

    /** Those who follow a socket, by its kind, direction and stream. */
    final Map<String, PlugListener> followers = new HashMap<>();

    long grantedFrames;
    /** Whether streams have a volume of the host's. */
    boolean hasVolume;
    /** Whether sources follow what is chosen. */
    boolean followsChoice;
    /** Whether it has no room for another source, which is a makeshift then. */
    boolean isFull;
    /** What the last source was opened with. */
    SourceChoice choice = new SourceChoice(() -> {});
    /** The last that was tied to a stream. */
    HostVolume volume = new HostVolume(() -> {});

    private int microphone;

    @Override
    public PlugListener.Following follow(HostSocket socket, boolean output, String streamName, PlugListener listener) {
        String key = socket + (output ? " out of " : " in of ") + streamName;
        followers.put(key, listener);
        return () -> followers.remove(key);
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        calls.add("open " + streamName);
        grantedFrames = params.targetFrames();
        return new Sink(params.frameBytes());
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        calls.add("open " + streamName);
        if (isFull) {
            return new SilentSource(true);
        }
        microphone = 0;
        return new Source(params.frameBytes());
    }

    /** Source 0 is the microphone; every byte of another source is its number. */
    @Override
    public AudioSource openSource(PcmParams params, String streamName, SourceChoice by) {
        choice = by;
        return openSource(params, streamName);
    }

    @Override
    public void close() {
        calls.add("close");
    }

    private final class Sink implements AudioSink {
        private final int frameBytes;

        Sink(int frameBytes) {
            this.frameBytes = frameBytes;
        }

        @Override
        public long targetFrames() {
            return grantedFrames;
        }

        @Override
        public int write(ByteBuffer frames) {
            int count = frames.remaining() / frameBytes;
            while (frames.hasRemaining()) {
                played.write(frames.get());
            }
            return count;
        }

        @Override
        public void gap(long frames) {
            calls.add("gap " + frames);
        }

        @Override
        public void start() {
            calls.add("start sink");
        }

        @Override
        public void pause() {
            calls.add("pause sink");
        }

        @Override
        public void drain() {
            calls.add("drain sink");
        }

        @Override
        public boolean tie(HostVolume tied) {
            volume = tied;
            return hasVolume;
        }

        @Override
        public PositionReports reports() {
            return sinkReports;
        }

        @Override
        public void close() {
            calls.add("close sink");
        }
    }

    private final class Source implements AudioSource {
        private final int frameBytes;
        private final int openedFor = choice.chosen();

        Source(int frameBytes) {
            this.frameBytes = frameBytes;
        }

        @Override
        public long latencyFrames() {
            return 5;
        }

        @Override
        public void start() {
            calls.add("start source");
        }

        @Override
        public void pause() {
            calls.add("pause source");
        }

        @Override
        public int read(ByteBuffer dst, long dueFrames) {
            int count = dst.remaining() / frameBytes;
            int number = followsChoice ? choice.chosen() : openedFor;
            while (dst.hasRemaining()) {
                dst.put((byte) (number == 0 ? microphone++ : number));
            }
            return count;
        }

        @Override
        public boolean followsChoice() {
            return followsChoice;
        }

        @Override
        public void skip(long frames, long dueFrames) {
            calls.add("skip " + frames);
            microphone += (int) frames * frameBytes;
        }

        @Override
        public boolean tie(HostVolume tied) {
            volume = tied;
            return hasVolume;
        }

        @Override
        public PositionReports reports() {
            return sourceReports;
        }

        @Override
        public void close() {
            calls.add("close source");
        }
    }
}
