// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Chooses where a guest's screen is shown. */
public final class Displays {
    /** For this machine only, on the first port from 5900 that is free. */
    static final String VNC = "vnc=127.0.0.1:0,to=99";

    private static final List<String> WINDOWS = List.of("gtk", "sdl");
    private static final List<String> DESKTOPS = List.of("DISPLAY", "WAYLAND_DISPLAY");

    private Displays() {}

    /**
     * A window if there is a desktop and this QEMU can open one, else VNC. The QEMU in the cache folder cannot (GTK
     * would be another 100 MB).
     *
     * @param offered what {@link Qemu#displays} says
     * @param environment the process's environment
     * @return as QEMU's {@code -display} wants it
     */
    public static String choose(Collection<String> offered, Map<String, String> environment) {
        if (DESKTOPS.stream()
                .allMatch(name -> environment.getOrDefault(name, "").isEmpty())) {
            return VNC;
        }
        return WINDOWS.stream().filter(offered::contains).findFirst().orElse(VNC);
    }
}
