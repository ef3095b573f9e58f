// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;

/**
 * What a driver has shown of itself by the time it plays, by which its kind can be told.
 *
 * @param features that were negotiated; 0 if it came so far without DRIVER_OK
 * @param early whether it sent a request before DRIVER_OK
 * @param queueSizes by queue; 0 for one that is not enabled
 * @param eventBuffers how many were in the event queue when it last said so
 * @param channelMaps whether it asked for channel maps
 * @param pcmInfos how many PCM_INFO requests it has sent
 * @param pcmInfo the first of them
 * @param setUps how many SET_PARAMS requests it has sent
 * @param params of the first of them, or {@link Params#NONE}
 * @param shortCommand whether it sent PREPARE or START without a stream's id
 * @param startedEmpty whether it started its first stream with no message queued
 * @param playback its first message in the tx queue
 * @param recording its first message in the rx queue
 */
public record DriverTraits(
        long features,
        boolean early,
        List<Integer> queueSizes,
        int eventBuffers,
        boolean channelMaps,
        int pcmInfos,
        ChainShape pcmInfo,
        int setUps,
        Params params,
        boolean shortCommand,
        boolean startedEmpty,
        ChainShape playback,
        ChainShape recording) {
    /**
     * What SET_PARAMS says, 5.14.6.6.3.
     *
     * @param format VIRTIO_SND_PCM_FMT_*
     * @param rate VIRTIO_SND_PCM_RATE_*
     */
    public record Params(long bufferBytes, long periodBytes, int channels, int format, int rate) {
        /** None was seen. */
        public static final Params NONE = new Params(0, 0, 0, 0, 0);
    }

    /** Keeps a copy of the list. */
    public DriverTraits {
        queueSizes = List.copyOf(queueSizes);
    }
}
