// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.NullSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.Resampler;
import org.vsnd.audio.SilentSource;
import org.vsnd.audio.SourceChoice;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.audio.live.LivePlayback;
import org.vsnd.nativebind.speex.SpeexResampler;

/**
 * Sound through PulseAudio, or PipeWire by its PulseAudio protocol. {@code PULSE_SERVER} names the server. While a
 * server does not answer there is silence, and retries. Streams may be moved between devices at the server, which also
 * controls their volumes.
 */
public final class PulseBackend implements AudioBackend {
    private static final Logger LOG = System.getLogger(PulseBackend.class.getName());

    /** A stream with more than this share of a second left to play plays it beside the next stream. */
    private static final int LONGEST_HELD_SHARE = 10;
    /** Streams of one card and name that play out beside the one in use: a server has room for a few hundred in all. */
    private static final int MOST_LINGERING = 3;

    private final String name;
    private final byte @Nullable [] sink;
    private final byte @Nullable [] source;
    private final List<String> sources;
    private final PulseThread thread;
    private final List<BackendStream> playing = new ArrayList<>(); // guarded by this
    private final Set<String> warned = new HashSet<>(); // guarded by this

    private PulseBackend(
            String name,
            byte @Nullable [] sink,
            byte @Nullable [] source,
            List<String> sources,
            byte @Nullable [] server) {
        this.name = name;
        this.sink = sink;
        this.source = source;
        this.sources = sources;
        thread = new PulseThread(server, sink, source);
    }

    /**
     * Opens the back end; does not wait for a server.
     *
     * @param arguments {@code [SINK][,SOURCE]} as {@code pactl list short} names them; the server's default for each
     *     that is not named
     * @throws BackendException if libpulse is missing or the arguments make no sense
     */
    public static PulseBackend open(String arguments) throws BackendException {
        return open(arguments, null);
    }

    static PulseBackend open(String arguments, @Nullable String server) throws BackendException {
        PulseLibrary.require();
        String[] names = arguments.split(",", -1);
        if (names.length > 2) {
            throw new BackendException("\"" + arguments + "\" names too many devices: write pulse:SINK,SOURCE.");
        }
        return new PulseBackend(
                arguments.isEmpty() ? "pulse" : "pulse:" + arguments,
                device(names[0]),
                names.length > 1 ? device(names[1]) : null,
                List.of(),
                server == null ? null : PulseLibrary.cString(server));
    }

    /**
     * Opens a back end that records from one of several sources.
     *
     * @param sources as {@code pactl list short} names them, at least one
     * @throws BackendException if libpulse or a name is missing
     */
    public static PulseBackend openSources(List<String> sources) throws BackendException {
        return openSources(sources, null);
    }

    static PulseBackend openSources(List<String> sources, @Nullable String server) throws BackendException {
        PulseLibrary.require();
        List<String> names = sources.stream().map(String::strip).toList();
        if (names.contains("")) {
            throw new BackendException("a source has no name: \"pactl list short sources\" has the names.");
        }
        return new PulseBackend(
                "pulse:," + String.join("|", names),
                null,
                device(names.get(0)),
                names,
                server == null ? null : PulseLibrary.cString(server));
    }

    private static byte @Nullable [] device(String name) {
        return name.isBlank() ? null : PulseLibrary.cString(name.strip());
    }

    /** Whether PulseAudio's library is there. */
    public static boolean isInstalled() {
        return !PulseLibrary.missing();
    }

    /**
     * Why no server is available, as the beginning of a sentence; empty if one answers within this time. Any thread;
     * waits.
     */
    public static Optional<String> absence(Duration patience) {
        return PulseLibrary.missing()
                ? Optional.of("PulseAudio's library is missing")
                : PulseQuery.absence(null, patience);
    }

    /**
     * The server's sinks and sources.
     *
     * @throws BackendException if libpulse is missing or no server answers within {@code patience}
     */
    public static List<PulseDevice> devices(Duration patience) throws BackendException {
        PulseLibrary.require();
        return PulseQuery.devices(null, patience);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String recordsFrom() {
        int source = name.indexOf(',');
        return source < 0 ? "pulse" : "pulse:" + name.substring(source);
    }

    /** PulseAudio converts rates and channels; only its formats and highest rate are its own. */
    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        PcmParams params = new PcmParams(format, rateHz, channels, 1);
        return StreamLayout.of(params) == null
                ? Optional.of("PulseAudio has no " + what(params) + ", nor anything that it can be converted to: offer"
                        + " the guest other formats or rates.")
                : Optional.empty();
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return playbackRefusal(format, rateHz, channels);
    }

    private static String what(PcmParams params) {
        return params.format() + " at " + params.rateHz() + " Hz with " + params.channels() + " channels";
    }

    @Override
    public synchronized AudioSink openSink(PcmParams params, String streamName) {
        if (thread.ended()) {
            return new NullSink(params);
        }
        playing.removeIf(BackendStream::done);
        BackendStream lingering = lingering(params, streamName);
        AudioSink taken = lingering == null ? null : lingering.takeOver();
        if (taken != null) {
            thread.wake();
            return taken;
        }
        boundLingering(params, streamName);
        LivePlayback playback = null;
        try {
            playback = new LivePlayback(params, thread::wake);
            BackendStream stream = playing(playback, streamName);
            AudioSink opened = playback.sink();
            playing.add(stream);
            thread.add(stream);
            return opened;
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            if (playback != null) {
                playback.discard();
            }
            warnOnce(streamName + " is silent: " + e, e.getClass().getName());
            return new NullSink(params, true);
        }
    }

    private BackendStream playing(LivePlayback playback, String streamName) {
        @Nullable StreamLayout layout = layout(playback.params(), streamName);
        if (layout == null) {
            return new BackendStream(streamName, playback, null);
        }
        playback.offerVolume();
        PulseSide side = new PulsePlayback(playback, layout, sink);
        return new BackendStream(streamName, playback, new PulseStream(streamName, thread.connection(), layout, side));
    }

    @Override
    public synchronized boolean takesUp(PcmParams params, String streamName) {
        return !thread.ended() && lingering(params, streamName) != null;
    }

    /** A stream for a sink to take over: one with little left to play, or the one with the least if there are many. */
    private @Nullable BackendStream lingering(PcmParams params, String streamName) {
        BackendStream least = null;
        int count = 0;
        for (BackendStream stream : playing) {
            if (stream.lingers(streamName, params.budget())) {
                count++;
                if (stream.isLike(params) && (least == null || stream.heldFrames() < least.heldFrames())) {
                    least = stream;
                }
            }
        }
        if (least != null && (count >= MOST_LINGERING || least.heldFrames() <= params.rateHz() / LONGEST_HELD_SHARE)) {
            return least;
        }
        return null;
    }

    /** Before another stream begins: if there are many, the oldest is given up. */
    private void boundLingering(PcmParams params, String streamName) {
        BackendStream oldest = null;
        int count = 0;
        for (BackendStream stream : playing) {
            if (stream.lingers(streamName, params.budget())) {
                count++;
                oldest = oldest == null ? stream : oldest;
            }
        }
        if (oldest != null && count >= MOST_LINGERING) {
            oldest.giveUp();
        }
    }

    @Override
    public PlugListener.Following follow(HostSocket socket, boolean output, String streamName, PlugListener listener) {
        return thread.sockets().follow(socket, output, listener);
    }

    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        return SpeexResampler.open(params);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return openSource(params, streamName, null);
    }

    @Override
    public synchronized AudioSource openSource(PcmParams params, String streamName, @Nullable SourceChoice choice) {
        if (thread.ended()) {
            return new SilentSource();
        }
        @Nullable StreamLayout layout = layout(params, streamName);
        LiveCapture capture = null;
        try {
            capture = new LiveCapture(params, thread::wake);
            if (layout != null) {
                capture.offerVolume();
                ChosenSource chosen = chosen(capture, streamName, choice);
                PulseSide side = new PulseCapture(capture, layout, source, chosen);
                PulseStream host = new PulseStream(streamName, thread.connection(), layout, side);
                thread.add(new BackendStream(streamName, capture, host));
            } else {
                capture.close(); // nothing will be put into it
            }
            return capture.source();
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            if (capture != null) {
                capture.discard();
            }
            warnOnce(streamName + " is silent: " + e, e.getClass().getName());
            return new SilentSource(true);
        }
    }

    private @Nullable ChosenSource chosen(LiveCapture capture, String streamName, @Nullable SourceChoice choice) {
        if (sources.isEmpty() || choice == null) {
            return null;
        }
        capture.follow(choice);
        return new ChosenSource(
                streamName,
                thread.connection(),
                sources,
                choice,
                capture.params().budget());
    }

    private @Nullable StreamLayout layout(PcmParams params, String streamName) {
        StreamLayout layout = StreamLayout.of(params);
        if (layout == null) {
            warnOnce(streamName + " is silent: PulseAudio has no " + what(params), what(params));
        }
        return layout;
    }

    private void warnOnce(String words, String what) {
        if (warned.add(what)) {
            LOG.log(Level.WARNING, words);
        }
    }

    /** Plays what is left, for the target latency and 200 ms at most, and ends the thread. */
    @Override
    public void close() {
        thread.close();
    }
}
