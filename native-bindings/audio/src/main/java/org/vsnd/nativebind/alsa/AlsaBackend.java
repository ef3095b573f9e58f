// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.Resampler;
import org.vsnd.audio.live.HostThread;
import org.vsnd.audio.live.HostThreads;
import org.vsnd.audio.live.LiveCapture;
import org.vsnd.audio.live.LivePlayback;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.speex.SpeexResampler;

/**
 * Host audio through ALSA. Each stream has its own audio thread, because a PCM may wait for a server. A stream that
 * was closed plays out, lingers for a moment, and is reused if the same kind is asked for.
 */
public final class AlsaBackend implements AudioBackend {
    private static final String DEFAULT = "default";
    /** One PCM name: its arguments may contain commas if they are quoted or have the form {@code NAME:A=x,B=y}. */
    private static final Pattern SEPARATOR = Pattern.compile(",(?![A-Z]+=|[0-9]+(,|$))");

    private final String playbackName;
    private final String captureName;
    private final HostThreads threads = new HostThreads();
    private final Map<String, AlsaJacks> jacks = new HashMap<>(); // by the mixer's name; guarded by itself
    private boolean closed; // guarded by jacks

    private AlsaBackend(String playbackName, String captureName) {
        this.playbackName = playbackName;
        this.captureName = captureName;
    }

    /**
     * Prepares the back end. Opens no PCM: one that is not available now may be later.
     *
     * @param arguments {@code PCM} or {@code PCM,CAPTURE_PCM}, names as for {@code aplay -D}; empty for {@code default}
     * @throws BackendException if ALSA's library or a name is missing
     */
    public static AlsaBackend open(String arguments) throws BackendException {
        Matcher comma = SEPARATOR.matcher(arguments);
        boolean two = comma.find();
        String play = two ? arguments.substring(0, comma.start()) : arguments;
        String record = two ? arguments.substring(comma.end()) : play;
        if (two && (play.isBlank() || record.isBlank())) {
            throw new BackendException("The name of a PCM is missing: write alsa:PCM or alsa:PCM,CAPTURE_PCM.");
        }
        Alsa.require();
        return new AlsaBackend(play.isEmpty() ? DEFAULT : play, record.isEmpty() ? DEFAULT : record);
    }

    /** The PCMs that ALSA's configuration lists. */
    public static List<AlsaDevice> devices() throws BackendException {
        return AlsaDevices.list();
    }

    /** Whether ALSA's library is there. */
    public static boolean isInstalled() {
        try {
            Alsa.require();
            return true;
        } catch (BackendException e) {
            return false;
        }
    }

    /**
     * Whether there is something to play on: a sound card, or a {@code default} that opens. May wait for a server.
     *
     * @return false also if ALSA's library is missing
     */
    public static boolean hasDevice() {
        try {
            Alsa.require();
            if (AlsaDevices.hasCard()) {
                return true;
            }
            AlsaPcm.tryOpen(DEFAULT, PcmDirection.PLAYBACK);
            return true;
        } catch (BackendException | AlsaException e) {
            return false;
        }
    }

    /** Why {@link #playbackName} exists but cannot play this, or empty. May wait for a server: for start-up only. */
    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return refusal(playbackName, PcmDirection.PLAYBACK, format, rateHz, channels);
    }

    /** Why {@link #captureName} exists but cannot record this, or empty. May wait for a server: for start-up only. */
    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return refusal(captureName, PcmDirection.CAPTURE, format, rateHz, channels);
    }

    /** A PCM's plug layer takes more channels than there are loudspeakers, and drops those that are left over. */
    @Override
    public int mostChannels(boolean playback) {
        int most = playback
                ? AlsaPcm.mostChannels(playbackName, PcmDirection.PLAYBACK)
                : AlsaPcm.mostChannels(captureName, PcmDirection.CAPTURE);
        return most == 0 ? Integer.MAX_VALUE : most;
    }

    private static Optional<String> refusal(
            String pcmName, PcmDirection direction, PcmFormat format, int rateHz, int channels) {
        try {
            AlsaPcm.tryParams(pcmName, direction, new PcmParams(format, rateHz, channels, rateHz / 50));
            return Optional.empty();
        } catch (AlsaException e) {
            if (e.errno() != Errno.EINVAL) {
                return Optional.empty(); // it does not exist, but may later
            }
            String instead = pcmName.startsWith("hw:") ? "plughw:" + pcmName.substring(3) : "another PCM";
            return Optional.of("The ALSA PCM " + pcmName + " does not " + direction.verb() + " " + format + " at "
                    + rateHz + " Hz with " + channels + " channels (" + e.getMessage() + "): use " + instead
                    + ", or offer the guest less.");
        }
    }

    /** The PCM to play on. */
    public String playbackName() {
        return playbackName;
    }

    /** The PCM to record from. */
    public String captureName() {
        return captureName;
    }

    @Override
    public String recordsFrom() {
        return "alsa:" + captureName;
    }

    @Override
    public String name() {
        return playbackName.equals(captureName) ? "alsa:" + playbackName : "alsa:" + playbackName + "," + captureName;
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return threads.openSink(
                params,
                streamName,
                () -> new HostThread<>(
                        new PcmDevice(playbackName, PcmDirection.PLAYBACK, params),
                        new AlsaWaiter<>(),
                        streamName,
                        wake -> new LivePlayback(params, wake),
                        AlsaPlayback::new));
    }

    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        return SpeexResampler.open(params);
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
                        new PcmDevice(captureName, PcmDirection.CAPTURE, params),
                        new AlsaWaiter<>(),
                        streamName,
                        wake -> new LiveCapture(params, wake),
                        AlsaCapture::new));
    }

    /** Follows the jack controls of the PCM's card. */
    @Override
    public PlugListener.Following follow(HostSocket socket, boolean output, String streamName, PlugListener listener) {
        String mixerName = AlsaJackNames.mixer(output ? playbackName : captureName);
        synchronized (jacks) {
            return closed
                    ? PlugListener.Following.NONE
                    : jacks.computeIfAbsent(mixerName, AlsaJacks::new).follow(socket, output, listener);
        }
    }

    @Override
    public void close() {
        threads.close();
        synchronized (jacks) {
            closed = true;
            jacks.values().forEach(AlsaJacks::close);
            jacks.clear();
        }
    }
}
