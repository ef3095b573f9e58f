// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.vsnd.cli.serve.Front;

/** The card in another process, as QEMU's arguments describe it. */
public final class QemuCard {
    private QemuCard() {}

    /** QEMU's model of a card with this front. */
    public static String model(Front front) {
        return switch (front) {
            case VFIO_USER -> "vfio-user-pci";
            case VHOST_USER -> "vhost-user-snd-pci";
        };
    }

    /**
     * The arguments that attach it.
     *
     * @param id names the device for monitor commands
     * @param socket where the card is served
     */
    public static List<String> arguments(Front front, String id, Path socket) {
        return switch (front) {
            case VFIO_USER -> List.of("-device", json(id, socket));
            case VHOST_USER ->
                List.of(
                        "-chardev",
                        "socket,id=" + id + "-socket,path=" + socket.toString().replace(",", ",,"),
                        "-device",
                        model(front) + ",id=" + id + ",chardev=" + id + "-socket");
        };
    }

    /** A socket as a property of a device can only be given in JSON. */
    private static String json(String id, Path socket) {
        JsonObject address = new JsonObject();
        address.addProperty("type", "unix");
        address.addProperty("path", socket.toString());
        JsonObject device = new JsonObject();
        device.addProperty("driver", model(Front.VFIO_USER));
        device.addProperty("id", id);
        device.add("socket", address);
        return device.toString();
    }
}
