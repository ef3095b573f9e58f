// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.sound;

import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.PcmParams;

/**
 * Plays into the host's audio and keeps what was played. Records from something else: nobody who tries a guest wants a
 * microphone opened.
 */
public final class TapedAudio extends ForwardingBackend {
    private final AudioBackend host;
    private final AudioBackend source;
    private final int tapeBytes;
    private @Nullable Tape tape;
    private @Nullable PcmParams tapeParams;
    private int tapeGeneration;

    /**
     * Takes ownership of both, which are closed with this.
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

    /**
     * What the last stream played, from its first frame on, even if it moved between hosts; read it after the card is
     * closed.
     */
    public byte[] played() {
        return tape == null ? new byte[0] : tape.played();
    }

    /** The host audio that is played into, as text for people. */
    public String hostName() {
        return host.name();
    }

    @Override
    protected AudioBackend host(boolean playback) {
        return playback ? host : source;
    }

    @Override
    public String name() {
        return host.name() + ", recording " + source.recordsFrom();
    }

    @Override
    public int generation() {
        return host.generation() + source.generation(); // neither ever falls
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return new TeeSink(host.openSink(params, streamName), tapeFor(params));
    }

    /** A stream that moves to better host audio goes on with its tape; another one has a new one. */
    private Tape tapeFor(PcmParams params) {
        int generation = generation();
        Tape last = tape;
        if (last != null && generation != tapeGeneration && params.equals(tapeParams)) {
            tapeGeneration = generation;
            return last;
        }
        Tape fresh = new Tape(tapeBytes);
        tape = fresh;
        tapeParams = params;
        tapeGeneration = generation;
        return fresh;
    }
}
