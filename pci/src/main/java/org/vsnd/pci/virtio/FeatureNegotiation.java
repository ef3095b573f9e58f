// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_IN_ORDER;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_NOTIFICATION_DATA;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_RESET;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_SUSPEND;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.VirtioDevice;

/**
 * The feature registers and the negotiated features, VIRTIO 1.4 section 2.2. Bits 0..63 can be negotiated; selects
 * beyond those read as 0 (PCI-28).
 */
final class FeatureNegotiation {
    private static final long ALWAYS_OFFERED =
            VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1 | VIRTIO_F_RING_RESET;
    private static final long OFFERED_IF_WANTED =
            VIRTIO_F_RING_PACKED | VIRTIO_F_IN_ORDER | VIRTIO_F_NOTIFICATION_DATA | VIRTIO_F_SUSPEND;

    private final long offered;

    private int deviceSelect;
    private int driverSelect;
    private long acked;
    private boolean ackedBeyond64;
    private boolean frozen;
    /** FEATURES_OK was written, and did not stay. */
    private boolean refused;

    /**
     * Offers what every driver gets, and the device's own features.
     *
     * @param wanted of the features that are offered only if they are wanted
     */
    FeatureNegotiation(VirtioDevice device, long wanted) {
        if ((wanted & ~OFFERED_IF_WANTED) != 0) {
            throw new IllegalArgumentException(String.format("features 0x%x", wanted));
        }
        offered = ALWAYS_OFFERED | wanted | device.deviceFeatures();
    }

    int deviceSelect() {
        return deviceSelect;
    }

    void setDeviceSelect(int select) {
        deviceSelect = select;
    }

    int driverSelect() {
        return driverSelect;
    }

    void setDriverSelect(int select) {
        driverSelect = select;
    }

    int deviceFeature() {
        return word(offered, deviceSelect);
    }

    int driverFeature() {
        return word(acked, driverSelect);
    }

    /** Ignored once FEATURES_OK is set. A bit beyond 63 is remembered until reset, only to refuse FEATURES_OK. */
    void setDriverFeature(int value) {
        if (frozen) {
            return;
        }
        if (driverSelect == 0) {
            acked = (acked & ~0xffffffffL) | (value & 0xffffffffL);
        } else if (driverSelect == 1) {
            acked = (acked & 0xffffffffL) | ((long) value << 32);
        } else {
            ackedBeyond64 |= value != 0;
        }
    }

    /**
     * Whether FEATURES_OK stays set (PCI-06). The empty set is valid: Haiku acknowledges nothing, not even VERSION_1,
     * since it writes the wrong register (HAIKU.md section 3).
     */
    boolean accept() {
        if ((acked & ~offered) != 0 || ackedBeyond64) {
            refused = true;
            return false;
        }
        refused = false;
        frozen = true;
        return true;
    }

    /** FEATURES_OK does not stay set, although the features are valid: what the driver has done before does not go with them. */
    void refuse() {
        frozen = false;
        refused = true;
    }

    /** Whether the driver has been told that it cannot have what it wants, and has not asked for less since. */
    boolean refused() {
        return refused;
    }

    /** The driver uses the device without FEATURES_OK: what it has acknowledged stays in effect. */
    void freeze() {
        frozen = true;
    }

    /** The features in effect from now on: never more than offered, even if the driver went on after a refusal. */
    long negotiated() {
        return acked & offered;
    }

    /** Whether one of them is. */
    boolean has(long feature) {
        return (negotiated() & feature) != 0;
    }

    void reset() {
        deviceSelect = 0;
        driverSelect = 0;
        acked = 0;
        ackedBeyond64 = false;
        frozen = false;
        refused = false;
    }

    void save(SnapshotWriter out) {
        out.i32(deviceSelect).i32(driverSelect).i64(acked).bool(ackedBeyond64).bool(refused);
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param featuresOk whether FEATURES_OK was set
     * @param early whether the driver uses the device without DRIVER_OK
     * @return the features, and what restores the registers
     */
    Saved load(SnapshotReader in, boolean featuresOk, boolean early) throws SnapshotException {
        int device = in.any32("device_feature_select");
        int driver = in.any32("driver_feature_select");
        long bits = in.any64("driver_feature");
        boolean beyond64 = in.bool("driver_feature beyond 63");
        boolean wasRefused = in.bool("FEATURES_OK was refused");
        in.require(!featuresOk || ((bits & ~offered) == 0 && !beyond64), "features were accepted that are not offered");
        return new Saved(bits & offered, () -> {
            deviceSelect = device;
            driverSelect = driver;
            acked = bits;
            ackedBeyond64 = beyond64;
            frozen = featuresOk || early;
            refused = wasRefused;
        });
    }

    /**
     * What a snapshot has.
     *
     * @param negotiated as {@link FeatureNegotiation#negotiated} says
     */
    record Saved(long negotiated, Runnable restore) {}

    private static int word(long bits, int select) {
        return switch (select) {
            case 0 -> (int) bits;
            case 1 -> (int) (bits >>> 32);
            default -> 0;
        };
    }
}
