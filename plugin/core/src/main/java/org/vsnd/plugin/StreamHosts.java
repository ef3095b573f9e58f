// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PlugListener;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;

/**
 * Host audio in which streams may have devices and names of their own, the options {@code host} and {@code name}. A stream
 * that has a device has a back end of the card's kind for it, which it shares with streams that have the same; all others
 * share the card's.
 */
final class StreamHosts extends ForwardingBackend {
    /** Opens back ends as the option {@code backend} names them. */
    interface Opener {
        AudioBackend open(String spec) throws BackendException;

        /** One that is only recorded from. */
        AudioBackend openInput(String kind, String device) throws BackendException;
    }

    /** A stream's own. */
    private record Host(AudioBackend backend, String name) {}

    private final AudioBackend card;
    private final Map<String, Host> hosts =
            new HashMap<>(); // by the device's name of a stream; not changed once opened
    private final List<AudioBackend> others = new ArrayList<>();

    private StreamHosts(AudioBackend card) {
        this.card = card;
    }

    /**
     * Opens the card's back end and those of its streams.
     *
     * @throws PluginException if one is not available, with a sentence that says what to do
     */
    static AudioBackend open(SoundOptions options, TimeBase timeBase) throws PluginException {
        Opener opener = HostAudio.opener(timeBase);
        AudioBackend card;
        try {
            card = opener.open(options.backend());
        } catch (BackendException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        }
        StreamHosts opened = new StreamHosts(card);
        try {
            opened.addAll(options, opener);
        } catch (PluginException e) {
            opened.close();
            throw e;
        }
        return opened.hosts.isEmpty() ? card : opened;
    }

    /**
     * The same with a host's own back end: its streams may have names, but no devices.
     *
     * @param card closed with this
     */
    static AudioBackend over(SoundOptions options, AudioBackend card) throws PluginException {
        StreamHosts opened = new StreamHosts(card);
        opened.addAll(options, null);
        return opened.hosts.isEmpty() ? card : opened;
    }

    private void addAll(SoundOptions options, @Nullable Opener opener) throws PluginException {
        Map<String, AudioBackend> bySpec = new HashMap<>();
        for (OfferedStream stream : options.streams()) {
            String device = stream.options().string("host");
            AudioBackend backend = card;
            if (!device.isEmpty()) {
                String option = "host." + stream.name().suffix();
                if (opener == null) {
                    throw new PluginException(
                            "option " + option + " needs the option backend: the host has its own audio");
                }
                backend = other(options.backend(), stream.name().output(), device, option, opener, bySpec);
            }
            if (backend != card || !stream.hostName().equals(stream.name().words())) {
                hosts.put(stream.name().words(), new Host(backend, stream.hostName()));
            }
        }
    }

    private AudioBackend other(
            String spec, boolean output, String device, String option, Opener opener, Map<String, AudioBackend> bySpec)
            throws PluginException {
        int colon = spec.indexOf(':');
        String kind = colon < 0 ? spec : spec.substring(0, colon);
        String key = output + " " + device;
        AudioBackend known = bySpec.get(key);
        if (known != null) {
            return known;
        }
        try {
            AudioBackend opened = output ? opener.open(kind + ":" + device) : opener.openInput(kind, device);
            bySpec.put(key, opened);
            others.add(opened);
            return opened;
        } catch (BackendException e) {
            throw new PluginException("option " + option + "=" + device + " is wrong: " + e.getMessage(), e);
        }
    }

    private AudioBackend of(String streamName) {
        Host host = hosts.get(streamName);
        return host == null ? card : host.backend;
    }

    private String nameOf(String streamName) {
        Host host = hosts.get(streamName);
        return host == null ? streamName : host.name;
    }

    /** The back end of a stream. */
    static AudioBackend of(AudioBackend backend, StreamName stream) {
        return backend instanceof StreamHosts hosts ? hosts.of(stream.words()) : backend;
    }

    /** The card's, for what is not of a stream. */
    @Override
    protected AudioBackend host(boolean playback) {
        return card;
    }

    @Override
    public String recordsFrom(String streamName) {
        return of(streamName).recordsFrom(nameOf(streamName));
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return of(streamName).openSink(params, nameOf(streamName));
    }

    @Override
    public boolean takesUp(PcmParams params, String streamName) {
        return of(streamName).takesUp(params, nameOf(streamName));
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return of(streamName).openSource(params, nameOf(streamName));
    }

    @Override
    public PlugListener.Following follow(HostSocket socket, boolean output, String streamName, PlugListener listener) {
        return of(streamName).follow(socket, output, nameOf(streamName), listener);
    }

    @Override
    public void close() {
        card.close();
        others.forEach(AudioBackend::close);
    }
}
