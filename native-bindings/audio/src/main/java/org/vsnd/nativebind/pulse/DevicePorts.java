// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.HostSocket;

/** The ports in struct pa_sink_info and struct pa_source_info, which have them in the same places. */
final class DevicePorts {
    private static final int N_PORTS = 376; // u32
    private static final int PORTS = 384; // pa_sink_port_info **, pa_source_port_info **
    // struct pa_sink_port_info and pa_source_port_info begin with the same fields
    private static final int PORT_NAME = 0; // const char *
    private static final int PORT_AVAILABLE = 20; // int

    /** No device has more; a server that says so is not believed. */
    private static final int MOST = 256;

    private DevicePorts() {}

    /** @param info a pa_sink_info or pa_source_info */
    static List<HostSocket.Port> of(long info) {
        Pointer device = new Pointer(info);
        Pointer ports = device.getPointer(PORTS);
        int count = ports == null ? 0 : Math.max(0, Math.min(device.getInt(N_PORTS), MOST));
        List<HostSocket.Port> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Pointer port = ports.getPointer((long) i * Long.BYTES);
            Pointer name = port.getPointer(PORT_NAME);
            all.add(new HostSocket.Port(
                    name == null ? "" : name.getString(0, StandardCharsets.UTF_8.name()),
                    port.getInt(PORT_AVAILABLE) == LibPulse.PA_PORT_AVAILABLE_NO));
        }
        return all;
    }
}
