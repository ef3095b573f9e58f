// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.vsnd.audio.ChannelPosition;

/**
 * The configuration of a sound device, fixed for its life.
 *
 * @param streams in the order of their stream ids
 * @param channelMaps in the order of CHMAP_INFO
 * @param completion when playback messages are done
 * @param exchange how many messages the driver keeps in flight
 * @param targetNanos target for the host latency
 * @param capture whether host capture may be opened; otherwise capture streams are silent
 * @param stop what STOP does with pending messages
 * @param strict whether drivers are held to the standard; otherwise harmless breaches of it are served
 * @param headerBytes before the data of each I/O message; 4 by the standard
 * @param jacks in the order of their ids
 * @param controls the control elements
 */
public record SoundConfig(
        List<StreamInfo> streams,
        List<ChannelMap> channelMaps,
        CompletionPolicy completion,
        ExchangeRule exchange,
        long targetNanos,
        boolean capture,
        StopRule stop,
        boolean strict,
        int headerBytes,
        List<JackInfo> jacks,
        SoundControls controls) {
    /** Checks what the specification demands of the device: an error here is a fault in vsnd. */
    public SoundConfig {
        streams = List.copyOf(streams);
        channelMaps = List.copyOf(channelMaps);
        jacks = List.copyOf(jacks);
        if (headerBytes < PcmXfer.LENGTH) {
            throw new IllegalArgumentException("header of " + headerBytes + " bytes");
        }
        if (targetNanos <= 0) {
            throw new IllegalArgumentException("target of " + targetNanos + " ns");
        }
        for (ChannelMap map : channelMaps) {
            boolean matched = false;
            for (StreamInfo stream : streams) {
                matched |= stream.functionNid() == map.functionNid() && stream.direction() == map.direction();
            }
            if (!matched) { // SND-88: Linux and Haiku refuse the whole card otherwise
                throw new IllegalArgumentException("channel map without a stream: " + map);
            }
        }
    }

    /** The same without jacks and control elements. */
    public SoundConfig(
            List<StreamInfo> streams,
            List<ChannelMap> channelMaps,
            CompletionPolicy completion,
            ExchangeRule exchange,
            long targetNanos,
            boolean capture,
            StopRule stop,
            boolean strict,
            int headerBytes) {
        this(
                streams,
                channelMaps,
                completion,
                exchange,
                targetNanos,
                capture,
                stop,
                strict,
                headerBytes,
                List.of(),
                SoundControls.NONE);
    }

    /** The same card with these jacks. */
    public SoundConfig withJacks(List<JackInfo> others) {
        return with(others, controls);
    }

    /** The same card with these control elements. */
    public SoundConfig withControls(SoundControls others) {
        return with(jacks, others);
    }

    private SoundConfig with(List<JackInfo> otherJacks, SoundControls otherControls) {
        return new SoundConfig(
                streams,
                channelMaps,
                completion,
                exchange,
                targetNanos,
                capture,
                stop,
                strict,
                headerBytes,
                otherJacks,
                otherControls);
    }

    /**
     * Where a stream's channels belong, by the first channel map that is for it and for so many; none if there is none. A
     * driver has no way to choose another.
     */
    List<ChannelPosition> positions(StreamInfo stream, int channels) {
        for (ChannelMap map : channelMaps) {
            if (map.positions().size() == channels
                    && map.functionNid() == stream.functionNid()
                    && map.direction() == stream.direction()) {
                return map.positions().stream()
                        .map(number -> ChannelPosition.of(number).orElse(ChannelPosition.NONE))
                        .toList();
            }
        }
        return List.of();
    }
}
