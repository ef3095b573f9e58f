// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.NullSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SilentSource;
import org.vsnd.audio.WarnOnce;

/**
 * Plays into a WAV file and records from another. The device thread does no I/O: it shares a ring of two seconds with
 * each file's thread. The file is valid at every moment, and lacks at most the last tenth of a second if the
 * process is killed.
 *
 * <p>OUT.wav gets the first stream that plays; one of another format, or a second one at the same time, goes to
 * OUT-2.wav, OUT-3.wav, ... A stream opened again with the same format is appended.
 */
public final class WavBackend implements AudioBackend {
    private static final Logger LOG = System.getLogger(WavBackend.class.getName());
    private static final String INSTEAD = "offer the guest other formats, S16 for one.";
    private static final long NAP_NANOS = 100_000_000L;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_TRACKS = 64;
    /**
     * For the rings of all tracks and readers: enough for 64 in CD quality, and the limit for a guest that tries all
     * formats.
     */
    private static final long MAX_RINGS_BYTES = 96L << 20;

    private final @Nullable Path out;
    private final @Nullable Path in;
    private final boolean waitWhenFull;
    private final @Nullable WavFiles files;
    private final @Nullable WavInput input;
    private final WarnOnce warnOnce = new WarnOnce(LOG);
    private final AudioBudget rings = new AudioBudget(MAX_RINGS_BYTES, MAX_TRACKS, 1, 1);
    private final List<WavTrack> tracks = new ArrayList<>(); // guarded by itself
    private final Queue<WavTrack> opened = new ConcurrentLinkedQueue<>(); // to the thread
    private final List<WavTrack> writing = new ArrayList<>(); // the thread's
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final FileThread thread;
    private volatile boolean closed; // written under this

    /**
     * Opens the files and starts the threads.
     *
     * @param out the file to play into, which is overwritten
     * @param in the file that the guest records, from its beginning at each opening, or null for silence
     * @param waitWhenFull true under a virtual time base, where the device may be faster than the disk: it then waits
     *     for the disk instead of losing sound
     * @throws IOException if a file cannot be used, with a sentence that says what to do
     */
    public WavBackend(Path out, @Nullable Path in, boolean waitWhenFull) throws IOException {
        this(out, in, waitWhenFull, WavWriter.MAX_FILE_BYTES);
    }

    /** A back end that only records; what is played is dropped. */
    public static WavBackend reading(Path in, boolean waitWhenEmpty) throws IOException {
        return new WavBackend(null, in, waitWhenEmpty, WavWriter.MAX_FILE_BYTES);
    }

    WavBackend(@Nullable Path out, @Nullable Path in, boolean waitWhenFull, long maxFileBytes) throws IOException {
        this.out = out;
        this.in = in;
        this.waitWhenFull = waitWhenFull;
        Path to = out == null ? null : FileTrouble.whole(out);
        input = in == null ? null : openInput(FileTrouble.whole(in), to, waitWhenFull, rings);
        try {
            files = to == null ? null : new WavFiles(to, in == null ? null : FileTrouble.whole(in), maxFileBytes);
        } catch (IOException e) {
            if (input != null) {
                input.close();
            }
            throw e;
        }
        Path file = out == null ? in : out;
        thread = new FileThread("vsnd-audio-wav-" + (file == null ? "" : file.getFileName()), NAP_NANOS, this::round);
    }

    private static WavInput openInput(Path in, @Nullable Path out, boolean wait, AudioBudget rings) throws IOException {
        if (!Files.isReadable(in) || Files.isDirectory(in)) {
            throw new IOException(in + " cannot be read: name a WAV file that exists and that you may read.");
        }
        if (out != null && Files.exists(out) && Files.isSameFile(in, out)) {
            throw new IOException(in + " is both read and written: name two different files.");
        }
        return new WavInput(in, wait, rings);
    }

    @Override
    public String name() {
        return "wav:" + (out == null ? "" : out) + (in == null ? "" : ",in=" + in);
    }

    @Override
    public String recordsFrom() {
        return in == null ? "nothing: silence" : "the file " + FileTrouble.whole(in);
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return WavFormat.of(new PcmParams(format, rateHz, channels, 0)) == null
                ? Optional.of("A WAV file cannot hold " + format + ": " + INSTEAD)
                : Optional.empty();
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return input == null || input.gives(format)
                ? Optional.empty()
                : Optional.of(in + " cannot be recorded as " + format + ": " + INSTEAD);
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        if (closed) {
            return new NullSink(params);
        }
        synchronized (tracks) {
            return openTrack(params, streamName);
        }
    }

    private AudioSink openTrack(PcmParams params, String streamName) {
        if (files == null) {
            return new NullSink(params);
        }
        WavFormat format = WavFormat.of(params);
        if (format == null) {
            warnOnce.warn(
                    params, streamName + " is dropped: a WAV file cannot hold " + params.format() + ": " + INSTEAD);
            return new NullSink(params);
        }
        for (int i = 0; i < tracks.size(); i++) {
            if (tracks.get(i).acquire(params)) {
                return new WavSink(params, tracks.get(i), thread, waitWhenFull);
            }
        }
        if (tracks.size() == MAX_TRACKS || !haveRoom(rings, WavTrack.ringBytes(params), params.budget())) {
            warnOnce.warn(
                    params,
                    streamName + " is dropped: there are " + tracks.size()
                            + " WAV files already, and there is no room for another");
            return new NullSink(params);
        }
        WavTrack track = new WavTrack(params, format, streamName, files, rings);
        track.acquire(params);
        tracks.add(track);
        opened.add(track);
        return new WavSink(params, track, thread, waitWhenFull);
    }

    /** Whether there may be another ring: all together take no more than the card may, since it has no other sound. */
    static boolean haveRoom(AudioBudget rings, long bytes, AudioBudget card) {
        return rings.fits(bytes) && bytes <= card.mostBytes() - rings.promisedBytes();
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return input == null || closed ? new SilentSource() : input.open(params, streamName);
    }

    private void round() {
        for (WavTrack track = opened.poll(); track != null; track = opened.poll()) {
            writing.add(track);
        }
        for (int i = 0; i < writing.size(); i++) {
            writing.get(i).writeOut(buffer);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        thread.close();
        if (input != null) {
            input.close();
        }
        for (WavTrack track : writing) {
            track.closeFile();
        }
        LOG.log(Level.DEBUG, name() + " is closed");
    }
}
