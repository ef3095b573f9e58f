// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.sound;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

/**
 * Plays into the host's audio and keeps what was played, and records from something else, since nobody who tries a
 * guest wants a microphone opened.
 */
public final class TapedAudio implements AudioBackend {
    private final AudioBackend host;
    private final AudioBackend source;
    private final int tapeBytes;
    private @Nullable TeeSink sink;

    /**
     * Takes over both, to be closed with this.
     *
     * @param host what is played into
     * @param source what is recorded from
     * @param tapeBytes how much of what is played is kept
     */
    public TapedAudio(AudioBackend host, AudioBackend source, int tapeBytes) {
        this.host = host;
        this.source = source;
        this.tapeBytes = tapeBytes;
    }

    /** What the last stream played, from its first frame; after the card was closed. */
    public byte[] played() {
        return sink == null ? new byte[0] : sink.tape();
    }

    /** What is played into, for people. */
    public String hostName() {
        return host.name();
    }

    @Override
    public String name() {
        return host.name() + ", recording " + source.recordsFrom();
    }

    @Override
    public String recordsFrom() {
        return source.recordsFrom();
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return host.playbackRefusal(format, rateHz, channels);
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        TeeSink opened = new TeeSink(host.openSink(params, streamName), tapeBytes);
        sink = opened;
        return opened;
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return source.openSource(params, streamName);
    }

    @Override
    public void close() {
        host.close();
        source.close();
    }
}
