// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/** No host audio: playback is discarded, recordings are silence, both at the pace of the device's clock. */
public final class NullBackend implements AudioBackend {
    @Override
    public String name() {
        return "null";
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return new NullSink(params);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return new SilentSource();
    }

    @Override
    public void close() {}
}
