// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.VirtioFeatures;

/**
 * The channel maps that a driver is shown: all, except to one that does not accept VIRTIO_F_VERSION_1 and asks how many there
 * are only after DRIVER_OK. That is Haiku's. It opens no card with positions that it does not know, and plays as many
 * channels as the last map has: it is shown the maps for front left and right (ADR 34).
 *
 * <p>Device thread only.
 */
final class ShownMaps {
    private static final List<Integer> STEREO = List.of(VirtioSnd.VIRTIO_SND_CHMAP_FL, VirtioSnd.VIRTIO_SND_CHMAP_FR);

    private final List<ChannelMap> all;
    private final List<ChannelMap> stereo;
    private boolean asked;
    private boolean onlyStereo;

    ShownMaps(List<ChannelMap> all) {
        this.all = all;
        stereo = all.stream().filter(map -> map.positions().equals(STEREO)).toList();
    }

    /** The driver looks how many there are: from now on they stay. */
    void asked() {
        asked = true;
    }

    /** The driver is ready, with these features. */
    void driverOk(long features) {
        if (!asked) {
            onlyStereo = (features & VirtioFeatures.VIRTIO_F_VERSION_1) == 0;
        }
    }

    /** Device reset: the next driver may be another. */
    void reset() {
        asked = false;
        onlyStereo = false;
    }

    List<ChannelMap> list() {
        return onlyStereo ? stereo : all;
    }

    void save(SnapshotWriter out) {
        out.bool(asked).bool(onlyStereo);
    }

    Runnable load(SnapshotReader in) throws SnapshotException {
        boolean wasAsked = in.bool("whether the number of channel maps was read");
        boolean wasOnlyStereo = in.bool("whether it was that of stereo maps");
        return () -> {
            asked = wasAsked;
            onlyStereo = wasOnlyStereo;
        };
    }
}
