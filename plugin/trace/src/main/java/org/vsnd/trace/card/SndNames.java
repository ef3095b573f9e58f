// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

import org.vsnd.guest.driver.SndWire;

/** Numbers of the sound protocol in words. */
public final class SndNames {
    private SndNames() {}

    public static String request(int code) {
        return switch (code) {
            case SndWire.R_JACK_INFO -> "JACK_INFO";
            case SndWire.R_JACK_REMAP -> "JACK_REMAP";
            case SndWire.R_PCM_INFO -> "PCM_INFO";
            case SndWire.R_PCM_SET_PARAMS -> "PCM_SET_PARAMS";
            case SndWire.R_PCM_PREPARE -> "PCM_PREPARE";
            case SndWire.R_PCM_RELEASE -> "PCM_RELEASE";
            case SndWire.R_PCM_START -> "PCM_START";
            case SndWire.R_PCM_STOP -> "PCM_STOP";
            case SndWire.R_CHMAP_INFO -> "CHMAP_INFO";
            case SndWire.R_CTL_INFO -> "CTL_INFO";
            case SndWire.R_CTL_ENUM_ITEMS -> "CTL_ENUM_ITEMS";
            case SndWire.R_CTL_READ -> "CTL_READ";
            case SndWire.R_CTL_WRITE -> "CTL_WRITE";
            case SndWire.R_CTL_TLV_READ -> "CTL_TLV_READ";
            case SndWire.R_CTL_TLV_WRITE -> "CTL_TLV_WRITE";
            case SndWire.R_CTL_TLV_COMMAND -> "CTL_TLV_COMMAND";
            default -> String.format("request 0x%x", code);
        };
    }

    /** Whether a request asks for a number of items of a size. */
    public static boolean isQuery(int code) {
        return code == SndWire.R_JACK_INFO
                || code == SndWire.R_PCM_INFO
                || code == SndWire.R_CHMAP_INFO
                || code == SndWire.R_CTL_INFO;
    }

    /** Whether a request is one that only VIRTIO_SND_F_CTLS brings. */
    public static boolean isOfControls(int code) {
        return code >= SndWire.R_CTL_INFO && code <= SndWire.R_CTL_TLV_COMMAND;
    }

    public static String status(int status) {
        return switch (status) {
            case SndWire.S_OK -> "OK";
            case SndWire.S_BAD_MSG -> "BAD_MSG";
            case SndWire.S_NOT_SUPP -> "NOT_SUPP";
            case SndWire.S_IO_ERR -> "IO_ERR";
            default -> String.format("0x%x", status);
        };
    }

    public static String queue(int index) {
        return switch (index) {
            case SndWire.CONTROL_QUEUE -> "control queue";
            case SndWire.EVENT_QUEUE -> "event queue";
            case SndWire.TX_QUEUE -> "playback queue";
            case SndWire.RX_QUEUE -> "record queue";
            default -> "queue " + index;
        };
    }
}
