// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.Locale;
import org.vsnd.audio.HostSocket;

/**
 * Kinds of jack, with the words that describe them to a driver: configuration default and pin capabilities of High Definition
 * Audio, 7.3.3.31 and 7.3.4.9 there. The colours are those of PC 99.
 */
public enum JackKind {
    LINE_OUT(HostSocket.LINE, 0x0, Place.REAR, Plug.MINI, Colour.GREEN, Caps.OUTPUT),
    SPEAKER(HostSocket.SPEAKER, 0x1, Place.REAR, Plug.MINI, Colour.BLACK, Caps.OUTPUT),
    HEADPHONE(HostSocket.HEADPHONE, 0x2, Place.FRONT, Plug.MINI, Colour.GREEN, Caps.OUTPUT | Caps.HEADPHONE_DRIVE),
    SPDIF_OUT(HostSocket.SPDIF, 0x4, Place.REAR, Plug.OPTICAL, Colour.BLACK, Caps.OUTPUT),
    HDMI(HostSocket.HDMI, 0x5, Place.HDMI, Plug.OTHER_DIGITAL, Colour.UNKNOWN, Caps.OUTPUT | Caps.HDMI),
    LINE_IN(HostSocket.LINE, 0x8, Place.REAR, Plug.MINI, Colour.BLUE, Caps.INPUT),
    AUX(HostSocket.AUX, 0x9, Place.FRONT, Plug.MINI, Colour.BLACK, Caps.INPUT),
    MIC(HostSocket.MIC, 0xa, Place.FRONT, Plug.MINI, Colour.PINK, Caps.INPUT),
    SPDIF_IN(HostSocket.SPDIF, 0xc, Place.REAR, Plug.OPTICAL, Colour.BLACK, Caps.INPUT);

    private static final int LOCATION = 24;
    private static final int DEVICE = 20;
    private static final int CONNECTION = 16;
    private static final int COLOUR = 12;

    private final HostSocket socket;
    private final int defaultConfiguration;
    private final int capabilities;

    JackKind(HostSocket socket, int device, int place, int plug, int colour, int capabilities) {
        defaultConfiguration = place << LOCATION | device << DEVICE | plug << CONNECTION | colour << COLOUR;
        this.socket = socket;
        this.capabilities = capabilities | Caps.PRESENCE_DETECT;
    }

    /** As the operator writes it: {@code line-out}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether sound goes out there; otherwise it comes in. */
    public boolean isOutput() {
        return (capabilities & Caps.OUTPUT) != 0;
    }

    /** What such a jack is at the host. */
    HostSocket socket() {
        return socket;
    }

    /** {@code hda_reg_defconf} without association and sequence, which are 0. */
    int defaultConfiguration() {
        return defaultConfiguration;
    }

    /** {@code hda_reg_caps}. */
    int capabilities() {
        return capabilities;
    }

    /** Location, bits 29:24. */
    private static final class Place {
        static final int REAR = 0x01;
        static final int FRONT = 0x02;
        static final int HDMI = 0x18;
    }

    /** Connection type, bits 19:16. */
    private static final class Plug {
        static final int MINI = 0x1;
        static final int OPTICAL = 0x5;
        static final int OTHER_DIGITAL = 0x6;
    }

    /** Bits 15:12. */
    private static final class Colour {
        static final int UNKNOWN = 0x0;
        static final int BLACK = 0x1;
        static final int BLUE = 0x3;
        static final int GREEN = 0x4;
        static final int PINK = 0x9;
    }

    /** Pin capabilities. */
    private static final class Caps {
        static final int PRESENCE_DETECT = 1 << 2;
        static final int HEADPHONE_DRIVE = 1 << 3;
        static final int OUTPUT = 1 << 4;
        static final int INPUT = 1 << 5;
        static final int HDMI = 1 << 7;
    }
}
