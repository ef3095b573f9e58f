// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.vsnd.audio.ChannelPosition;

/**
 * The configuration of a sound device, fixed for its life.
 *
 * @param streams in the order of their stream ids
 * @param channelMaps in the order of CHMAP_INFO
 * @param rules how messages are served
 * @param jacks in the order of their ids
 * @param controls the control elements
 */
public record SoundConfig(
        List<StreamInfo> streams,
        List<ChannelMap> channelMaps,
        StreamRules rules,
        List<JackInfo> jacks,
        SoundControls controls) {
    /** Checks what the specification demands of the device: an error here is a fault in vsnd. */
    public SoundConfig {
        streams = List.copyOf(streams);
        channelMaps = List.copyOf(channelMaps);
        jacks = List.copyOf(jacks);
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
    public SoundConfig(List<StreamInfo> streams, List<ChannelMap> channelMaps, StreamRules rules) {
        this(streams, channelMaps, rules, List.of(), SoundControls.NONE);
    }

    /** The same card with these jacks. */
    public SoundConfig withJacks(List<JackInfo> others) {
        return new SoundConfig(streams, channelMaps, rules, others, controls);
    }

    /** The same card with these control elements. */
    public SoundConfig withControls(SoundControls others) {
        return new SoundConfig(streams, channelMaps, rules, jacks, others);
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
