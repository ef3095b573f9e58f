// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A host's sockets")
class HostSocketTest {
    /** {@code !} before a name: it is known that nothing is plugged in. */
    private static List<HostSocket.Port> ports(String names) {
        List<HostSocket.Port> ports = new ArrayList<>();
        for (String name : names.split(" ", -1)) {
            boolean unavailable = name.startsWith("!");
            ports.add(new HostSocket.Port(unavailable ? name.substring(1) : name, unavailable));
        }
        return ports;
    }

    @ParameterizedTest
    @CsvSource({
        "HEADPHONE, analog-output-speaker !analog-output-headphones, false",
        "HEADPHONE, !analog-output-speaker analog-output-headphones, true",
        "SPEAKER, analog-output-speaker !analog-output-headphones, true",
        "HEADPHONE, [Out]_Headphones, true",
        "HEADPHONE, headset-output, true",
        "HEADPHONE, hdmi-output-0, false",
        "HDMI, !hdmi-output-0 hdmi-output-1, true",
        "HDMI, !hdmi-output-0 !hdmi-output-1, false",
        "SPDIF, iec958-stereo-output, true",
        "LINE, analog-output-lineout, true",
        "LINE, !analog-input-linein analog-input-mic, false",
        "MIC, analog-input-front-mic, true",
        "MIC, analog-input-headset-mic, true",
        "MIC, !analog-input-mic, false",
        "HEADPHONE, analog-output, true",
        "MIC, !analog-input, false",
        "AUX, !analog-input-aux, false",
    })
    @DisplayName("are known by the names of a device's ports; one whose name says nothing may be of any kind")
    void byNames(HostSocket socket, String names, boolean plugged) {
        assertThat(socket.isPlugged(ports(names))).isEqualTo(plugged);
    }

    @Test
    @DisplayName("are plugged in at a device without ports")
    void withoutPorts() {
        assertThat(HostSocket.values()).allMatch(socket -> socket.isPlugged(List.of()));
    }

    @Test
    @DisplayName("are not followed by a back end that knows of none")
    void notFollowed() {
        try (NullBackend silent = new NullBackend()) {
            silent.follow(HostSocket.MIC, false, "input 0", plugged -> {
                        throw new AssertionError("it cannot know");
                    })
                    .close();
        }
    }
}
