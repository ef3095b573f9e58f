// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.VirtioFeatures;

/**
 * The channel maps that a driver is shown: all, except to one that accepts no feature, not even VIRTIO_F_VERSION_1. Of such
 * drivers only Haiku's asks for maps. It opens no card with positions that it does not know, and plays as many channels as
 * the last map has: it is shown the maps for front left and right (ADR 34).
 *
 * <p>Device thread only.
 */
final class ShownMaps {
    private static final List<Integer> STEREO =
            List.of(VirtioSnd.VIRTIO_SND_CHMAP_FL, VirtioSnd.VIRTIO_SND_CHMAP_FR);

    private final List<ChannelMap> all;
    private final List<ChannelMap> stereo;
    private boolean onlyStereo;

    ShownMaps(List<ChannelMap> all) {
        this.all = all;
        stereo = all.stream().filter(map -> map.positions().equals(STEREO)).toList();
    }

    /** The driver is ready, with these features. */
    void driverOk(long features) {
        onlyStereo = (features & VirtioFeatures.VIRTIO_F_VERSION_1) == 0;
    }

    /** Device reset: the next driver may be another. */
    void reset() {
        onlyStereo = false;
    }

    List<ChannelMap> list() {
        return onlyStereo ? stereo : all;
    }

    void save(SnapshotWriter out) {
        out.bool(onlyStereo);
    }

    Runnable load(SnapshotReader in) throws SnapshotException {
        boolean saved = in.bool("stereo maps only");
        return () -> onlyStereo = saved;
    }
}
