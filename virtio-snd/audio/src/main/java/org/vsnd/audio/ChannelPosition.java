// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where the sound of a channel belongs. Declared in the order of {@code VIRTIO_SND_CHMAP_*} (VIRTIO 1.4 section
 * 5.14.6.9.1), which is that of ALSA's {@code SND_CHMAP_*}: the ordinal is the number of both.
 */
public enum ChannelPosition {
    /** Not known. */
    NONE,
    /** Not connected: silent. */
    NA,
    MONO,
    FL,
    FR,
    RL,
    RR,
    FC,
    LFE,
    SL,
    SR,
    RC,
    FLC,
    FRC,
    RLC,
    RRC,
    FLW,
    FRW,
    FLH,
    FCH,
    FRH,
    TC,
    TFL,
    TFR,
    TFC,
    TRL,
    TRR,
    TRC,
    TFLC,
    TFRC,
    TSL,
    TSR,
    LLFE,
    RLFE,
    BC,
    BLC,
    BRC;

    private static final List<ChannelPosition> ALL = List.of(values());

    private static final List<ChannelPosition> SEVEN_ONE = List.of(FL, FR, RL, RR, FC, LFE, SL, SR);

    /** Layouts that are not the beginning of 7.1: mono, 2.1 and 6.1. */
    private static final List<ChannelPosition> ONE = List.of(MONO);

    private static final List<ChannelPosition> THREE = List.of(FL, FR, LFE);

    private static final List<ChannelPosition> SEVEN = List.of(FL, FR, RL, RR, FC, LFE, RC);

    /** The position with a number, if there is one. */
    public static Optional<ChannelPosition> of(int number) {
        return number < 0 || number >= ALL.size() ? Optional.empty() : Optional.of(ALL.get(number));
    }

    /** The number at virtio and ALSA. */
    @SuppressWarnings("EnumOrdinal") // declared in that order, which a test checks
    public int number() {
        return ordinal();
    }

    /**
     * What so many channels are if nothing is said of them: as ALSA and Linux have it, up to 7.1. Channels beyond
     * these are {@link #NONE}.
     */
    public static List<ChannelPosition> usual(int channels) {
        return switch (channels) {
            case 1 -> ONE;
            case 3 -> THREE;
            case 7 -> SEVEN;
            default -> channels <= SEVEN_ONE.size() ? SEVEN_ONE.subList(0, channels) : padded(channels);
        };
    }

    private static List<ChannelPosition> padded(int channels) {
        List<ChannelPosition> positions = new ArrayList<>(SEVEN_ONE);
        positions.addAll(Collections.nCopies(channels - SEVEN_ONE.size(), NONE));
        return List.copyOf(positions);
    }
}
