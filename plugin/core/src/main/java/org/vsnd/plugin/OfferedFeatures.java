// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import org.vsnd.spi.PluginException;
import org.vsnd.virtio.VirtioFeatures;

/** What the operator lets the PCI card offer besides what every driver gets. */
final class OfferedFeatures {
    private OfferedFeatures() {}

    /**
     * The feature bits that option {@code virtio} names.
     *
     * @param outputs playback streams
     * @param inputs capture streams
     */
    static long parse(Options options, int outputs, int inputs) throws PluginException {
        List<String> names = options.list("virtio");
        if (names.contains("none") && names.size() > 1) {
            throw new PluginException("option virtio: none cannot be combined with others");
        }
        long bits = 0;
        for (String name : names) {
            bits |= bit(name);
        }
        if ((bits & VirtioFeatures.VIRTIO_F_IN_ORDER) != 0 && (outputs > 1 || inputs > 1)) {
            throw new PluginException(
                    "option virtio: in-order needs outputs=1 and inputs=1 at most, because the messages of"
                            + " one stream would have to wait for those of another");
        }
        return bits;
    }

    private static long bit(String name) {
        return switch (name) {
            case "packed" -> VirtioFeatures.VIRTIO_F_RING_PACKED;
            case "in-order" -> VirtioFeatures.VIRTIO_F_IN_ORDER;
            case "notification-data" -> VirtioFeatures.VIRTIO_F_NOTIFICATION_DATA;
            case "suspend" -> VirtioFeatures.VIRTIO_F_SUSPEND;
            default -> 0; // none
        };
    }
}
