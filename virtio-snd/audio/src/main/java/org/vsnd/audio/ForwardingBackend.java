// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.Optional;

/**
 * A back end that leaves everything to another one, or to one for each direction, except what a subclass does itself. Every
 * method is passed on, also those that have a default: what is added to {@link AudioBackend} is added here.
 */
public abstract class ForwardingBackend implements AudioBackend {
    /**
     * The other one, which may change.
     *
     * @param playback for playback; otherwise for recording
     */
    protected abstract AudioBackend host(boolean playback);

    @Override
    public String name() {
        return host(true).name();
    }

    @Override
    public String recordsFrom() {
        return host(false).recordsFrom();
    }

    @Override
    public String recordsFrom(String streamName) {
        return host(false).recordsFrom(streamName);
    }

    @Override
    public int generation() {
        return host(true).generation();
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return host(true).playbackRefusal(format, rateHz, channels);
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return host(false).captureRefusal(format, rateHz, channels);
    }

    @Override
    public int mostChannels(boolean playback) {
        return host(playback).mostChannels(playback);
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return host(true).openSink(params, streamName);
    }

    @Override
    public boolean takesUp(PcmParams params, String streamName) {
        return host(true).takesUp(params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return host(false).openSource(params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName, SourceChoice choice) {
        return host(false).openSource(params, streamName, choice);
    }

    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        return host(false).openResampler(params);
    }

    @Override
    public PlugListener.Following follow(HostSocket socket, boolean output, String streamName, PlugListener listener) {
        return host(output).follow(socket, output, streamName, listener);
    }

    /** Closes both. */
    @Override
    public void close() {
        AudioBackend playback = host(true);
        AudioBackend capture = host(false);
        playback.close();
        if (capture != playback) {
            capture.close();
        }
    }
}
