// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.ChannelPosition;

/**
 * The speakers of a WAV file's channels. A file has them in the order of the bits of its {@code dwChannelMask}: front
 * left, front right, front centre, low frequency, back left, back right... Channels without a bit come last, in the order
 * in which they are given.
 */
final class SpeakerOrder {
    /** In the order of the bits, {@code SPEAKER_FRONT_LEFT} to {@code SPEAKER_TOP_BACK_RIGHT}. */
    private static final List<ChannelPosition> SPEAKERS = List.of(
            ChannelPosition.FL,
            ChannelPosition.FR,
            ChannelPosition.FC,
            ChannelPosition.LFE,
            ChannelPosition.RL,
            ChannelPosition.RR,
            ChannelPosition.FLC,
            ChannelPosition.FRC,
            ChannelPosition.RC,
            ChannelPosition.SL,
            ChannelPosition.SR,
            ChannelPosition.TC,
            ChannelPosition.TFL,
            ChannelPosition.TFC,
            ChannelPosition.TFR,
            ChannelPosition.TRL,
            ChannelPosition.TRC,
            ChannelPosition.TRR);

    private static final int FRONT_CENTRE = 0x4;

    private SpeakerOrder() {}

    /** {@code dwChannelMask} of channels with these positions: a bit for each that has one and is not there twice. */
    static int mask(List<ChannelPosition> positions) {
        int mask = 0;
        for (ChannelPosition position : positions) {
            mask |= bit(position);
        }
        return mask;
    }

    private static int bit(ChannelPosition position) {
        int index = SPEAKERS.indexOf(position);
        return position == ChannelPosition.MONO ? FRONT_CENTRE : index < 0 ? 0 : 1 << index;
    }

    /** The same channels in the order of a file. */
    static List<ChannelPosition> inFile(List<ChannelPosition> positions) {
        List<ChannelPosition> rest = new ArrayList<>(positions);
        List<ChannelPosition> ordered = new ArrayList<>();
        for (int bit = 1; bit < 1 << SPEAKERS.size(); bit <<= 1) {
            for (ChannelPosition position : positions) {
                if (bit(position) == bit) {
                    ordered.add(position);
                    rest.remove(position);
                    break;
                }
            }
        }
        ordered.addAll(rest);
        return ordered;
    }

    /** What the channels of a file with this mask are; 0: as usual. */
    static List<ChannelPosition> of(int mask, int channels) {
        if (mask == 0) {
            return inFile(ChannelPosition.usual(channels));
        }
        List<ChannelPosition> positions = new ArrayList<>();
        for (int i = 0; i < SPEAKERS.size() && positions.size() < channels; i++) {
            if ((mask & 1 << i) != 0) {
                positions.add(SPEAKERS.get(i));
            }
        }
        while (positions.size() < channels) {
            positions.add(ChannelPosition.NONE);
        }
        return positions;
    }
}
