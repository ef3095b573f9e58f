// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import static org.vsnd.it.vfiouser.VfioUserDevice.CONFIG_REGION;
import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_ERR;
import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_INTX;
import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_MSI;
import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_MSIX;
import static org.vsnd.it.vfiouser.VfioUserDevice.TRIGGER_NONE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.testing.DisconnectedException;

/**
 * The way to a device behind a vfio-user socket: what QEMU or cloud-hypervisor would do between a guest's accesses and
 * the wire. BAR registers and the MSI-X table are the monitor's own. One thread; the wall clock.
 */
public final class VfioUserBus implements MonitorBus {
    private static final int BAR0 = 0x10;
    private static final int BARS_END = 0x28;
    private static final int COMMAND = 0x04;
    private static final int CAPABILITY_POINTER = 0x34;
    private static final int INTERRUPT_PIN = 0x3d;
    private static final int CONFIG_BYTES = 4096;
    private static final int MSIX_CAPABILITY = 0x11;
    private static final int POLL_MILLIS = 5;

    private final Personality personality;
    private final ClientMemory memory;
    private final GuestRam ram;
    private VfioUserDevice device;
    private final long[] barSize = new long[6];
    private final int[] barRegister = new int[6];
    private final int[] barType = new int[6];
    private final ReceivedInterrupts interrupts;
    private int msixAt;
    private int tableBar = -1;
    private long tableOffset;
    private boolean connected = true;

    private VfioUserBus(Personality personality, ClientMemory memory, VfioUserConnection wire) throws IOException {
        this.personality = personality;
        this.memory = memory;
        ram = memory.ram();
        device = new VfioUserDevice(wire);
        realize();
        int vectors = msixAt == 0 ? 0 : (config(msixAt + 2, 2) & 0x7ff) + 1;
        if (vectors > 0) {
            tableBar = config(msixAt + 4, 4) & 7;
            tableOffset = config(msixAt + 4, 4) & ~7;
            if (device.irqCount(IRQ_MSIX) != vectors) {
                throw new DeviceFaultException("table size and IRQ_INFO differ");
            }
        }
        interrupts = new ReceivedInterrupts(personality, device, vectors, config(INTERRUPT_PIN, 1) != 0);
        if (personality == Personality.CLOUD_HYPERVISOR) {
            memory.mapAsCloudHypervisor(device);
            sizeBars();
        } else {
            interrupts.setErrorEventfd();
            systemReset();
        }
    }

    /** Plugs the device behind a socket into a machine with this memory. */
    public static VfioUserBus connect(Path socket, Personality personality, ClientMemory memory) throws IOException {
        VfioUserConnection wire = VfioUserConnection.open(socket);
        try {
            return new VfioUserBus(personality, memory, wire);
        } catch (RuntimeException | IOException e) {
            wire.close();
            throw e;
        }
    }

    private void realize() {
        if (personality == Personality.QEMU) {
            realizeAsQemu();
        } else {
            realizeAsCloudHypervisor();
        }
    }

    private void realizeAsQemu() {
        device.version(0, personality.minorVersion(), personality.capabilities());
        memory.mapAsQemu(device);
        device.getInfo(16);
        for (int region = 0; region <= 5; region++) {
            barSize[region] = device.regionSize(region);
        }
        if (device.regionSize(CONFIG_REGION) != CONFIG_BYTES) {
            throw new DeviceFaultException("configuration space is not 4096 bytes");
        }
        device.irqCount(IRQ_ERR);
        ByteBuffer all = device.readBytes(CONFIG_REGION, 0, CONFIG_BYTES);
        if (all.getInt(0) != config(0, 4)) {
            throw new DeviceFaultException("configuration space reads differently as a whole");
        }
        int rom = config(0x30, 4);
        configWrite(0x30, 4, 0xffff_f800);
        if (config(0x30, 4) != 0) {
            throw new DeviceFaultException("there is a ROM");
        }
        configWrite(0x30, 4, rom);
        for (int bar = 0; bar < 6; bar++) {
            barType[bar] = barSize[bar] != 0 ? config(BAR0 + 4 * bar, 4) & 0xf : 0;
        }
        msixAt = capability(MSIX_CAPABILITY);
    }

    private void realizeAsCloudHypervisor() {
        device.version(0, personality.minorVersion(), personality.capabilities());
        device.getInfo(32);
        for (int region = 0; region < 9; region++) {
            long size = device.regionSize(region);
            if (region < 6) {
                barSize[region] = size;
            }
        }
        msixAt = capability(MSIX_CAPABILITY);
        if (device.irqCount(IRQ_MSI) != 0) {
            throw new DeviceFaultException("MSI without its capability");
        }
        device.irqCount(IRQ_INTX);
    }

    /** cloud-hypervisor finds the sizes of BARs as a guest does. */
    private void sizeBars() {
        for (int bar = 0; bar < 6; bar++) {
            configWrite(BAR0 + 4 * bar, 4, -1);
            int low = config(BAR0 + 4 * bar, 4);
            if (low == 0) {
                continue;
            }
            barType[bar] = low & 0xf;
            barRegister[bar] = barType[bar];
            long mask = 0xffff_ffff_0000_0000L | (low & ~0xfL & 0xffff_ffffL);
            boolean wide = (low & 6) == 4;
            if (wide) {
                configWrite(BAR0 + 4 * bar + 4, 4, -1);
                mask = ((long) config(BAR0 + 4 * bar + 4, 4) << 32) | (low & ~0xfL & 0xffff_ffffL);
            }
            if (-mask != barSize[bar]) {
                throw new DeviceFaultException(
                        "BAR " + bar + " sizes to " + -mask + ", its region has " + barSize[bar]);
            }
            bar += wide ? 1 : 0;
        }
        configWrite(0x30, 4, -1);
        if (config(0x30, 4) != 0) {
            throw new DeviceFaultException("there is a ROM");
        }
    }

    private int capability(int id) {
        int at = config(CAPABILITY_POINTER, 1);
        while (at != 0 && config(at, 1) != id) {
            at = config(at + 1, 1);
        }
        return at;
    }

    private int config(int offset, int size) {
        return (int) device.read(CONFIG_REGION, offset, size);
    }

    private void configWrite(int offset, int size, int value) {
        device.write(CONFIG_REGION, offset, size, value & 0xffff_ffffL, false);
    }

    /** The wire below. */
    public VfioUserDevice device() {
        return device;
    }

    /** In QEMU's order. */
    @Override
    public void systemReset() {
        interrupts.resetMsix();
        if (interrupts.hasIntx()) {
            device.setIrqs(TRIGGER_NONE, IRQ_INTX, 0, 0);
        }
        int command = config(COMMAND, 2);
        configWrite(COMMAND, 2, command & ~0x0407);
        device.reset();
        if (config(INTERRUPT_PIN, 1) != 0) {
            interrupts.connectIntx();
        }
        for (int bar = 0; bar < 6; bar++) {
            barRegister[bar] = barType[bar];
            configWrite(BAR0 + 4 * bar, 4, 0);
        }
    }

    /**
     * Moves the device to another server; the guest, which stands meanwhile, does not know.
     *
     * @throws VfioUserErrorException if that one refuses it: the machine goes on with the first
     */
    public void moveTo(Path socket) throws IOException {
        byte[] state = device.save();
        VfioUserDevice before = device;
        VfioUserConnection wire = VfioUserConnection.open(socket);
        device = new VfioUserDevice(wire);
        try {
            realize();
            device.load(state);
        } catch (VfioUserErrorException e) {
            wire.close();
            device = before;
            goOn();
            throw e;
        }
        interrupts.moveTo(device);
        if (personality == Personality.CLOUD_HYPERVISOR) {
            memory.mapAsCloudHypervisor(device);
        }
        goOn();
        before.wire().close();
    }

    /** The monitor stops the machine, and the device with it. */
    public void stop() {
        device.goTo(VfioUserDevice.STATE_STOP);
    }

    /** The machine goes on. */
    public void goOn() {
        device.goTo(VfioUserDevice.STATE_RUNNING);
    }

    /** Firmware changes the memory map while the device is in use. */
    public void remapMemory() {
        if (personality == Personality.QEMU) {
            memory.remap(device);
        } else {
            memory.unmapAsCloudHypervisor(device);
            memory.mapAsCloudHypervisor(device);
        }
    }

    @Override
    public int readConfig(int offset, int size) {
        if (offset >= BAR0 && offset + size <= BARS_END) {
            int bar = (offset - BAR0) / 4;
            int mask = size == 4 ? -1 : (1 << (8 * size)) - 1;
            return (barRegister[bar] >>> (8 * (offset & 3))) & mask;
        }
        if (personality == Personality.CLOUD_HYPERVISOR) {
            capability(-1); // it walks the list for every access of the guest
        }
        return config(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        if (offset >= BAR0 && offset + size <= BARS_END) {
            writeBarRegister((offset - BAR0) / 4, value);
            if (personality == Personality.QEMU) {
                configWrite(offset, size, value);
            }
            return;
        }
        configWrite(offset, size, value);
        if (msixAt != 0 && offset >= msixAt && offset < msixAt + 4) {
            int control = config(msixAt + 2, 2);
            interrupts.msixControl((control & 0x8000) != 0, (control & 0x4000) != 0);
        }
    }

    private void writeBarRegister(int bar, int value) {
        boolean upper = bar > 0 && (barType[bar - 1] & 6) == 4 && barSize[bar - 1] != 0;
        if (upper) {
            barRegister[bar] = value & (int) (-barSize[bar - 1] >>> 32);
        } else if (barSize[bar] != 0) {
            barRegister[bar] = (value & (int) -barSize[bar]) | barType[bar];
        }
    }

    private boolean isTable(int bar, long offset, int size) {
        return bar == tableBar && offset >= tableOffset && offset + size <= tableOffset + interrupts.tableBytes();
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        if (isTable(bar, offset, size)) {
            return interrupts.readTable(offset - tableOffset, size);
        }
        long value = device.read(bar, offset, size);
        interrupts.afterBarAccess();
        return value;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        if (isTable(bar, offset, size)) {
            interrupts.writeTable(offset - tableOffset, size, value);
            return;
        }
        device.write(bar, offset, size, value, personality == Personality.QEMU);
        interrupts.afterBarAccess();
    }

    @Override
    public GuestRam ram() {
        return ram;
    }

    @Override
    public DmaGuard guard() {
        return DmaGuard.NONE;
    }

    @Override
    public long messages(int data) {
        interrupts.drain();
        return interrupts.messages(data);
    }

    @Override
    public boolean intxAsserted() {
        interrupts.drain();
        return interrupts.intxAsserted();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        try {
            while (true) {
                interrupts.drain();
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                interrupts.poller().poll((int) Math.min(POLL_MILLIS, (left + 999_999) / 1_000_000));
                if ((interrupts.poller().ready(interrupts.wireSlot()) & Poller.POLLIN) != 0) {
                    throw new DisconnectedException(); // nobody has asked for anything: the end of the stream
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void unplug() {
        interrupts.disableAll();
        if (personality == Personality.QEMU) {
            memory.unmapAsQemu(device);
        } else {
            memory.unmapAsCloudHypervisor(device);
        }
        close();
    }

    /** The monitor is gone: the socket closes without a word. */
    @Override
    public void close() {
        if (connected) {
            connected = false;
            device.wire().close();
            interrupts.close();
        }
    }
}
