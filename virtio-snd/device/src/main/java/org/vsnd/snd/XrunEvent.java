// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * The event VIRTIO_SND_EVT_PCM_XRUN of a stream, 5.14.6.7.
 *
 * @param streamId the number by which the driver knows it
 */
record XrunEvent(int streamId) implements EventSource {
    @Override
    public int eventCode() {
        return VirtioSnd.VIRTIO_SND_EVT_PCM_XRUN;
    }

    @Override
    public int eventData() {
        return streamId;
    }
}
