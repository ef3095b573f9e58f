// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sound.sampled.AudioSystem;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.live.HostThread;
import org.vsnd.audio.live.HostThreads;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.audio.live.LivePlayback;

/**
 * Host audio through {@code javax.sound.sampled}. Each stream has its own line and audio thread; a stream that was
 * closed plays out, lingers for a moment and is reused if the same kind is asked for. Sample formats and mono or
 * stereo that a mixer lacks are converted; rates are not.
 *
 * <p>{@link #close} leaves no thread of ours. The JDK may keep one or two of its own, daemons called
 * {@code Java Sound Event Dispatcher}.
 */
public final class JavaxBackend implements AudioBackend {
    /** Separates two mixers, but is not the comma in {@code PCH [plughw:0,0]}, a name that the JDK uses for ALSA. */
    private static final Pattern SEPARATOR = Pattern.compile(",(?![0-9]+\\])");

    private final String arguments;
    private final Lines playback;
    private final Lines capture;
    private final HostThreads threads = new HostThreads();

    private JavaxBackend(String arguments, @Nullable String playbackMixer, @Nullable String captureMixer) {
        this.arguments = arguments;
        playback = Lines.toPlay(playbackMixer);
        capture = Lines.toRecord(captureMixer);
    }

    /**
     * Prepares the back end. Opens no line: a mixer that is not available now may be later.
     *
     * @param arguments {@code MIXER} or {@code MIXER,CAPTURE_MIXER}, names as {@link AudioSystem#getMixerInfo} has them; empty
     *     for the JDK's default
     * @throws BackendException if a name is missing
     */
    public static JavaxBackend open(String arguments) throws BackendException {
        if (arguments.isEmpty()) {
            return new JavaxBackend(arguments, null, null);
        }
        Matcher comma = SEPARATOR.matcher(arguments);
        boolean one = !comma.find()
                || Lines.mixers().stream().anyMatch(mixer -> mixer.name().equals(arguments));
        String play = one ? arguments : arguments.substring(0, comma.start());
        String record = one ? arguments : arguments.substring(comma.end());
        if (play.isBlank() || record.isBlank()) {
            throw new BackendException(
                    "The name of a mixer is missing: write javax, javax:MIXER or javax:MIXER,CAPTURE_MIXER.");
        }
        return new JavaxBackend(arguments, play, record);
    }

    /** The mixers that play or record, as the JDK lists them. */
    public static List<JavaxMixer> mixers() {
        return Lines.mixers();
    }

    /** Whether there is something to play on. */
    public static boolean hasMixer() {
        return Lines.toPlay(null).exist();
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return refusal(playback, format, rateHz, channels);
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return refusal(capture, format, rateHz, channels);
    }

    private static Optional<String> refusal(Lines lines, PcmFormat format, int rateHz, int channels) {
        if (!lines.exist() || lines.layout(format, rateHz, channels).isPresent()) {
            return Optional.empty(); // a missing one may come
        }
        return Optional.of(
                lines.name() + " cannot " + lines.verb() + " " + format + " at " + rateHz + " Hz with " + channels
                        + " channels, nor anything that it can be converted to: name another mixer"
                        + " (./vsnd doctor lists them), or offer the guest less.");
    }

    String playsOn() {
        return playback.name();
    }

    @Override
    public String recordsFrom() {
        return capture.name();
    }

    @Override
    public String name() {
        return arguments.isEmpty() ? "javax" : "javax:" + arguments;
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return threads.openSink(
                params,
                streamName,
                () -> new HostThread<>(
                        LineDevice.toPlay(playback, params),
                        new ParkingWaiter<>(),
                        streamName,
                        wake -> new LivePlayback(params, wake),
                        JavaxPlayback::new));
    }

    @Override
    public boolean takesUp(PcmParams params, String streamName) {
        return threads.takesUp(params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return threads.openSource(
                params,
                streamName,
                () -> new HostThread<>(
                        LineDevice.toRecord(capture, params),
                        new ParkingWaiter<>(),
                        streamName,
                        wake -> new LiveCapture(params, wake),
                        JavaxCapture::new));
    }

    @Override
    public void close() {
        threads.close();
    }
}
