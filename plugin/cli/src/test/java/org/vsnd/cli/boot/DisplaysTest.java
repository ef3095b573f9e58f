// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DisplaysTest {
    private static final Map<String, String> DESKTOP = Map.of("WAYLAND_DISPLAY", "wayland-0", "DISPLAY", "");

    @Test
    void aWindowNeedsADesktopAndAQemuThatCanOpenOne() {
        assertThat(Displays.choose(List.of("none", "sdl", "gtk", "curses"), DESKTOP))
                .isEqualTo("gtk");
        assertThat(Displays.choose(List.of("none", "sdl"), Map.of("DISPLAY", ":0")))
                .isEqualTo("sdl");
    }

    @Test
    void otherwiseItIsVncForThisMachineOnly() {
        assertThat(Displays.choose(List.of("none", "curses"), DESKTOP))
                .isEqualTo(Displays.VNC)
                .contains("127.0.0.1");
        assertThat(Displays.choose(List.of("gtk"), Map.of("DISPLAY", ""))).isEqualTo(Displays.VNC);
    }
}
