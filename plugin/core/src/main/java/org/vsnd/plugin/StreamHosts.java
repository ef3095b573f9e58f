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
import org.vsnd.audio.SourceChoice;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;

/**
 * Host audio in which streams may have devices and names of their own, the options {@code host}, {@code sources} and {@code name}. A
 * stream that has a device, or several sources, has a back end of the card's kind for it, which it shares with streams that have the
 * same; all others share the card's.
 */
final class StreamHosts extends ForwardingBackend {
    /** Opens back ends as the option {@code backend} names them. */
    interface Opener {
        AudioBackend open(String spec) throws BackendException;

        /** One that is only recorded from. */
        AudioBackend openInput(String kind, String device) throws BackendException;

        /** One that is only recorded from, from the chosen one of several devices. */
        AudioBackend openSources(String kind, List<String> devices) throws BackendException;
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
     * The same with a host's own back end: its streams may have names, but no devices. What the sources of an input are, that back
     * end knows: it is told which one is chosen.
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
            List<String> sources =
                    stream.sources().stream().map(RecordingSource::device).toList();
            String device = stream.options().string("host");
            AudioBackend backend = card;
            if (!sources.isEmpty() && opener != null) {
                String written = RecordingSource.OPTION + "=" + stream.options().string(RecordingSource.OPTION);
                Opening opening = open -> open.openSources(kind(options), sources);
                backend = other("sources " + sources, written, opener, opening, bySpec);
            } else if (!device.isEmpty()) {
                boolean output = stream.name().output();
                String written = "host." + stream.name().suffix() + "=" + device;
                Opening opening = open ->
                        output ? open.open(kind(options) + ":" + device) : open.openInput(kind(options), device);
                backend = other(output + " " + device, written, opener, opening, bySpec);
            }
            if (backend != card || !stream.hostName().equals(stream.name().words())) {
                hosts.put(stream.name().words(), new Host(backend, stream.hostName()));
            }
        }
    }

    private static String kind(SoundOptions options) {
        int colon = options.backend().indexOf(':');
        return colon < 0 ? options.backend() : options.backend().substring(0, colon);
    }

    /** Opens one of a stream's own. */
    private interface Opening {
        AudioBackend by(Opener opener) throws BackendException;
    }

    /**
     * @param key streams with the same share it
     * @param written what the operator wrote
     */
    private AudioBackend other(
            String key, String written, @Nullable Opener opener, Opening opening, Map<String, AudioBackend> bySpec)
            throws PluginException {
        if (opener == null) {
            String option = written.substring(0, written.indexOf('='));
            throw new PluginException("option " + option + " needs the option backend: the host has its own audio");
        }
        AudioBackend known = bySpec.get(key);
        if (known != null) {
            return known;
        }
        try {
            AudioBackend opened = opening.by(opener);
            bySpec.put(key, opened);
            others.add(opened);
            return opened;
        } catch (BackendException e) {
            throw new PluginException("option " + written + " is wrong: " + e.getMessage(), e);
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
    public AudioSource openSource(PcmParams params, String streamName, SourceChoice choice) {
        return of(streamName).openSource(params, nameOf(streamName), choice);
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
