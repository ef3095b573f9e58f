// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioFeatures;

/**
 * All of a device whose rings are paused, as bytes: the rings with the chains that the device holds, the device itself, its
 * configuration. {@code docs/snapshot.md} has the layout. Device thread only.
 */
final class DeviceState {
    private static final Section DEVICE = new Section("VHUD", "vhost-user device");
    private static final Section RETURNS = new Section("VHUR", "buffers given back to stopped rings");
    private static final Section HELD = new Section("VHUI", "descriptors of packed rings");
    private static final Section CONFIGURATION = new Section("VHUC", "configuration");

    private static final int MOST_QUEUES = 0xff;

    /**
     * A state that was read and checked. Nothing has been changed yet.
     *
     * @param features that the driver had, without those of the protocol
     * @param rings restores the rings, paused
     * @param device restores the device; after the rings
     */
    record Loaded(long features, Runnable rings, Runnable device) {}

    private final VirtioDevice device;
    private final Vring[] rings;
    private final QueueRegisters[] registers;

    /** @param rings all that the device has */
    DeviceState(VirtioDevice device, Vring[] rings) {
        this.device = device;
        this.rings = rings.clone();
        registers = Arrays.stream(rings).map(Vring::registers).toArray(QueueRegisters[]::new);
    }

    /** Writes a device that runs, and whose rings are paused or not enabled. */
    byte[] save(long features, long nowNanos) {
        SnapshotWriter out = begin(true, nowNanos);
        out.i64(features);
        for (QueueRegisters each : registers) {
            each.save(out);
        }
        device.save(out);
        out.section(RETURNS);
        for (QueueRegisters each : registers) {
            each.saveReturns(out);
        }
        if (isPacked(features)) {
            out.section(HELD);
            for (Vring each : rings) {
                each.saveHeld(out);
            }
        }
        return finish(out);
    }

    private static boolean isPacked(long features) {
        return (features & VirtioFeatures.VIRTIO_F_RING_PACKED) != 0;
    }

    /** Writes a device that no driver has. */
    byte[] saveIdle(long nowNanos) {
        return finish(begin(false, nowNanos));
    }

    private SnapshotWriter begin(boolean runs, long nowNanos) {
        SnapshotWriter out = new SnapshotWriter(nowNanos);
        return out.section(DEVICE).u16(device.deviceId()).u8(registers.length).bool(runs);
    }

    private byte[] finish(SnapshotWriter out) {
        out.section(CONFIGURATION).u16(device.configLength());
        for (int i = 0; i < device.configLength(); i++) {
            out.u8(device.readConfig(i));
        }
        return out.finish();
    }

    /**
     * Reads what one of these has written, and changes nothing.
     *
     * @param nowNanos the moment of the restore
     * @return null if no driver had the device
     * @throws SnapshotException if it is damaged, or of another card; the message says which option differs
     */
    @Nullable
    Loaded load(byte[] state, long nowNanos) throws SnapshotException {
        SnapshotReader in = new SnapshotReader(state, nowNanos);
        in.section(DEVICE);
        in.requireOption("virtio device", String.valueOf(in.u16("id", 0xffff)), String.valueOf(device.deviceId()));
        in.requireOption("queues", String.valueOf(in.u8("queues", MOST_QUEUES)), String.valueOf(registers.length));
        Loaded loaded = in.bool("a driver has it") ? loadRunning(in) : null;
        in.section(CONFIGURATION);
        checkConfiguration(in);
        in.end();
        return loaded;
    }

    private Loaded loadRunning(SnapshotReader in) throws SnapshotException {
        long features = in.any64("features");
        boolean offersPacked = isPacked(device.offeredFeatures());
        in.requireOption(
                "virtio=packed", String.valueOf(isPacked(features) || offersPacked), String.valueOf(offersPacked));
        RestoredChains chains = new RestoredChains();
        Runnable[] restored = new Runnable[registers.length];
        for (int i = 0; i < restored.length; i++) {
            restored[i] = registers[i].load(in, features, chains);
        }
        Runnable inside = device.load(in, chains, true);
        in.section(RETURNS);
        Runnable[] returned = new Runnable[registers.length];
        for (int i = 0; i < returned.length; i++) {
            returned[i] = registers[i].loadReturns(in, chains);
        }
        in.require(chains.allClaimed(), "a chain is with the device that nobody has");
        Runnable held = isPacked(features) ? loadHeld(in) : () -> {};
        return new Loaded(
                features,
                () -> {
                    for (int i = 0; i < registers.length; i++) {
                        restored[i].run();
                        registers[i].pause();
                        returned[i].run();
                    }
                    held.run();
                },
                inside);
    }

    private Runnable loadHeld(SnapshotReader in) throws SnapshotException {
        in.section(HELD);
        Runnable[] held = new Runnable[rings.length];
        for (int i = 0; i < held.length; i++) {
            held[i] = rings[i].loadHeld(in);
        }
        return () -> Arrays.stream(held).forEach(Runnable::run);
    }

    private void checkConfiguration(SnapshotReader in) throws SnapshotException {
        int length = in.u16("length", 0xffff);
        boolean same = length == device.configLength();
        for (int i = 0; i < length; i++) {
            int saved = in.u8("a byte", 0xff);
            same = same && saved == device.readConfig(i);
        }
        if (!same) {
            throw new SnapshotException("The snapshot is of a card with another configuration space: restore it into a"
                    + " card with the same options.");
        }
    }
}
