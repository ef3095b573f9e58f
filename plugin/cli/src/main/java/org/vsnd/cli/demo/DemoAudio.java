package org.vsnd.cli.demo;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.ToneBackend;

/**
 * The demonstration's audio: plays into the host's and keeps what was played, and records a tone, since nobody who tries
 * the demonstration wants a microphone opened.
 */
final class DemoAudio implements AudioBackend {
    private final AudioBackend host;
    private final ToneBackend tone;
    private final int tapeBytes;
    private @Nullable TeeSink sink;

    /**
     * Takes over the host's audio, to be closed with this.
     *
     * @param tapeBytes how much of what is played is kept
     */
    DemoAudio(AudioBackend host, int toneHz, int tapeBytes) {
        this.host = host;
        this.tapeBytes = tapeBytes;
        tone = new ToneBackend(toneHz);
    }

    /** What was played, from the first frame; after the card was closed. */
    byte[] played() {
        return sink == null ? new byte[0] : sink.tape();
    }

    @Override
    public String name() {
        return host.name() + ", recording " + tone.name();
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
        return tone.openSource(params, streamName);
    }

    @Override
    public void close() {
        host.close();
    }
}
