// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.List;
import java.util.Locale;

/** Kinds of sockets for plugs, as hosts name them. */
public enum HostSocket {
    LINE("line"),
    SPEAKER("speaker"),
    HEADPHONE("headphone|headset"),
    SPDIF("spdif|iec958"),
    HDMI("hdmi|displayport"),
    MIC("mic|headset"),
    AUX("aux");

    /** A regular expression for what is in the names of such ports. */
    private final String words;

    HostSocket(String words) {
        this.words = words;
    }

    /** A socket of a host's device. */
    public record Port(String name, boolean unavailable) {}

    private boolean isMeantBy(String portName) {
        return portName.toLowerCase(Locale.ROOT).matches(".*(" + words + ").*");
    }

    private static boolean isKnown(String portName) {
        for (HostSocket socket : values()) {
            if (socket.isMeantBy(portName)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether something is plugged into a socket of this kind, as far as the host says. A device without ports is always
     * plugged in. A port whose name says nothing may be of any kind, and one of which the host does not know counts.
     *
     * @param ports of the device; each says whether it is known that nothing is plugged in
     */
    public boolean isPlugged(List<Port> ports) {
        if (ports.isEmpty()) {
            return true;
        }
        for (Port port : ports) {
            boolean mayBe = isMeantBy(port.name()) || !isKnown(port.name());
            if (mayBe && !port.unavailable()) {
                return true;
            }
        }
        return false;
    }
}
