// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.PcmFormat;
import org.vsnd.snd.PcmRate;
import org.vsnd.snd.StreamInfo;
import org.vsnd.spi.PluginException;

/**
 * Everything that a stream offers must work. What the operator asked for and the host cannot do is refused when the card
 * starts, not in the guest; of the defaults it is left out.
 */
final class OfferedSounds {
    private static final Logger LOG = System.getLogger(OfferedSounds.class.getName());

    /** What every host has that has anything: others are tried beside these. */
    private static final int USUAL_RATE_HZ = 48_000;

    private static final int USUAL_CHANNELS = 2;

    private final OfferedStream stream;
    private final AudioBackend backend;
    private final List<String> leftOut = new ArrayList<>();
    private String firstRefusal = "";

    private OfferedSounds(OfferedStream stream, AudioBackend backend) {
        this.stream = stream;
        this.backend = backend;
    }

    /**
     * The options with what the host can do.
     *
     * @throws PluginException if it cannot do what the operator asked for, or nothing at all
     */
    static SoundOptions fit(SoundOptions options, AudioBackend backend) throws PluginException {
        List<OfferedStream> streams = new ArrayList<>();
        for (OfferedStream stream : options.streams()) {
            boolean heard = stream.name().output() || options.sound().rules().capture();
            AudioBackend host = StreamHosts.of(backend, stream.name());
            streams.add(heard ? new OfferedSounds(stream, host).fit() : stream);
        }
        return options.with(streams);
    }

    private OfferedStream fit() throws PluginException {
        StreamInfo info = stream.info();
        Layout usual = usual();
        long formats = 0;
        for (PcmFormat format : formats()) {
            boolean kept = keep("formats", format.name(), refusal(format, usual.rateHz, usual.channels));
            formats |= kept ? StreamInfo.formatBit(format) : 0;
        }
        long rates = 0;
        for (int hz : rates()) {
            boolean kept = keep("rates", hz + " Hz", refusal(usual.format, hz, usual.channels));
            rates |= kept ? StreamInfo.rateBit(hz) : 0;
        }
        int least = usual.channels;
        while (least > info.channelsMin() && isKept(usual, least - 1)) {
            least--;
        }
        int most = usual.channels;
        int heard = stream.options().isGiven("channels")
                ? info.channelsMax()
                : Math.min(
                        info.channelsMax(), backend.mostChannels(stream.name().output()));
        while (most < heard && isKept(usual, most + 1)) {
            most++;
        }
        OfferedStream fitting = stream.with(formats, rates, least, most);
        new OfferedSounds(fitting, backend).checkCorners();
        if (!leftOut.isEmpty()) {
            LOG.log(
                    Level.INFO,
                    stream.name().words() + " does not offer " + String.join(", ", leftOut) + ": " + firstRefusal);
        }
        return fitting;
    }

    /** What the host can do, for trying one thing at a time. */
    private record Layout(PcmFormat format, int rateHz, int channels) {}

    /** The nearest to 48 kHz and stereo that the host can do. */
    private Layout usual() throws PluginException {
        List<Integer> rates = new ArrayList<>(rates());
        rates.sort(Comparator.comparingInt(hz -> Math.abs(hz - USUAL_RATE_HZ)));
        List<Integer> channels = new ArrayList<>();
        for (int count = stream.info().channelsMin(); count <= stream.info().channelsMax(); count++) {
            channels.add(count);
        }
        channels.sort(Comparator.comparingInt(count -> Math.abs(count - USUAL_CHANNELS)));
        Optional<String> refusal = Optional.empty();
        for (int count : channels) {
            for (int hz : rates) {
                for (PcmFormat format : formats()) {
                    Optional<String> why = refusal(format, hz, count);
                    if (why.isEmpty()) {
                        return new Layout(format, hz, count);
                    }
                    refusal = refusal.isEmpty() ? why : refusal;
                }
            }
        }
        throw new PluginException(refusal.orElse("a stream offers nothing"));
    }

    private boolean isKept(Layout usual, int channels) throws PluginException {
        return keep("channels", channels + " channels", refusal(usual.format, usual.rateHz, channels));
    }

    /** Whether it is offered; refuses the card if the operator wants it and the host does not. */
    private boolean keep(String option, String value, Optional<String> refusal) throws PluginException {
        if (refusal.isEmpty()) {
            return true;
        }
        if (stream.options().isGiven(option)) {
            throw new PluginException(refusal.get());
        }
        firstRefusal = firstRefusal.isEmpty() ? refusal.get() : firstRefusal;
        leftOut.add(value);
        return false;
    }

    /** Each was tried on its own; this tries the most demanding of all together. */
    private void checkCorners() throws PluginException {
        List<Integer> rates = rates();
        for (PcmFormat format : formats()) {
            for (int hz : new TreeSet<>(List.of(rates.get(0), rates.get(rates.size() - 1)))) {
                Optional<String> refusal = refusal(format, hz, stream.info().channelsMax());
                if (refusal.isPresent()) {
                    throw new PluginException(refusal.get());
                }
            }
        }
    }

    private List<PcmFormat> formats() {
        List<PcmFormat> formats = new ArrayList<>();
        for (PcmFormat format : PcmFormat.values()) {
            if ((stream.info().formats() & StreamInfo.formatBit(format)) != 0) {
                formats.add(format);
            }
        }
        return formats;
    }

    /** From the lowest to the highest. */
    private List<Integer> rates() {
        TreeSet<Integer> rates = new TreeSet<>();
        for (int rate = 0; rate < PcmRate.count(); rate++) {
            if ((stream.info().rates() & StreamInfo.rateBit(PcmRate.hz(rate))) != 0) {
                rates.add(PcmRate.hz(rate));
            }
        }
        return List.copyOf(rates);
    }

    private Optional<String> refusal(PcmFormat format, int rateHz, int channels) {
        return stream.name().output()
                ? backend.playbackRefusal(format, rateHz, channels)
                : backend.captureRefusal(format, rateHz, channels);
    }
}
