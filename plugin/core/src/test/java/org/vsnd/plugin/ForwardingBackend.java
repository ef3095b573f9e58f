// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.Optional;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

/** Another back end, of which a test changes something. */
class ForwardingBackend implements AudioBackend {
    private final AudioBackend other;

    ForwardingBackend(AudioBackend other) {
        this.other = other;
    }

    @Override
    public String name() {
        return other.name();
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return other.playbackRefusal(format, rateHz, channels);
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return other.captureRefusal(format, rateHz, channels);
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return other.openSink(params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return other.openSource(params, streamName);
    }

    @Override
    public void close() {
        other.close();
    }
}
