// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.gson.JsonObject;
import java.nio.file.Path;

/** A PCI device in another process, as QEMU's {@code -device} wants it: its socket can only be given in JSON. */
final class VfioUserArgument {
    private VfioUserArgument() {}

    /** @param id names the device for monitor commands */
    static String json(String id, Path socket) {
        JsonObject address = new JsonObject();
        address.addProperty("type", "unix");
        address.addProperty("path", socket.toString());
        JsonObject device = new JsonObject();
        device.addProperty("driver", "vfio-user-pci");
        device.addProperty("id", id);
        device.add("socket", address);
        return device.toString();
    }
}
