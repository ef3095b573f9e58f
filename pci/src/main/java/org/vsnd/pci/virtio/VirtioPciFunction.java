// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.ConfigSpace.touches;

import java.util.List;
import org.vsnd.pci.ConfigSpace;
import org.vsnd.pci.Intx;
import org.vsnd.pci.MsixTable;
import org.vsnd.pci.PciExpressCapability;
import org.vsnd.pci.PciIdentity;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.Bar;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;
import org.vsnd.virtio.VirtioDevice;

/**
 * A modern (non-transitional) virtio device as a PCI Express endpoint, VIRTIO 1.4 section 4.1.
 *
 * <p>Laid out as known guests need it: capabilities in the order MSI-X, PCI Express, virtio; MSI-X table and pending
 * bits in BAR 1 (only if there are vectors); the virtio structures in BAR 4, 64-bit, prefetchable, 16 KiB: common
 * configuration at 0, ISR at 0x1000, device configuration at 0x2000, notifications at 0x3000.
 *
 * <p>Device thread only; after {@link #close} reads give 0 and writes are ignored. Accesses and interrupts allocate
 * nothing.
 */
public final class VirtioPciFunction implements PciFunction, Snapshotable {
    private static final Section SECTION = new Section("FUNC", "function");
    private static final int VENDOR_ID = 0x1af4;
    private static final int DEVICE_ID_BASE = 0x1040;
    private static final int MSIX_BAR = 1;

    private final DeviceThread thread;
    private final int deviceId;
    private final List<Bar> bars;
    private final ConfigSpace config;
    private final MsixTable msix;
    private final Intx intx;
    private final VirtioInterrupts interrupts;
    private final VirtioPciTransport transport;
    private final CommonCfgRegisters common;
    private final VirtioStructures structures;
    private final PciCfgWindow window;
    private final int msixControl;
    private final int deviceControl;

    private boolean closed;

    /** Plugs a device in that offers nothing but what every driver gets. */
    public VirtioPciFunction(Host host, VirtioDevice device, PciIdentity identity, int msixVectors) {
        this(host, device, identity, msixVectors, 0);
    }

    /**
     * Plugs a device in, and calls its {@link VirtioDevice#attach}.
     *
     * @param device now belongs to the function, which closes it
     * @param msixVectors as the operator wants, 0..2048, limited to what the host can take; 0 for no MSI-X capability,
     *     only INTx
     * @param features to offer besides what every driver gets: any of VIRTIO_F_RING_PACKED, VIRTIO_F_IN_ORDER,
     *     VIRTIO_F_NOTIFICATION_DATA and VIRTIO_F_SUSPEND
     */
    @SuppressWarnings("this-escape") // the window keeps a reference but does not use it yet
    public VirtioPciFunction(Host host, VirtioDevice device, PciIdentity identity, int msixVectors, long features) {
        thread = host.thread();
        deviceId = device.deviceId();
        config = new ConfigSpace(VENDOR_ID, DEVICE_ID_BASE + deviceId, identity);
        msix = new MsixTable(Math.min(msixVectors, host.interrupts().msixVectors()), host.interrupts());
        intx = new Intx(host.interrupts(), config);
        interrupts = new VirtioInterrupts(msix, intx, device.queueCount());
        transport = new VirtioPciTransport(host, device, interrupts, features);
        common = new CommonCfgRegisters(transport, interrupts);
        structures = new VirtioStructures(common, interrupts, device, transport);

        Bar structuresBar = VirtioStructures.bar();
        if (msix.vectors() > 0) {
            bars = List.of(msix.bar(MSIX_BAR), structuresBar);
            msixControl = config.add(msix.capability(MSIX_BAR)) + MsixTable.MESSAGE_CONTROL;
        } else {
            bars = List.of(structuresBar);
            msixControl = ConfigSpace.LENGTH; // nowhere: no access touches it
        }
        for (Bar bar : bars) {
            config.declare(bar);
        }
        deviceControl = config.add(PciExpressCapability.create()) + PciExpressCapability.DEVICE_CONTROL;
        structures.describe(config);
        window = new PciCfgWindow(config, config.add(VirtioPciCap.pciCfg()), this);
        device.attach(transport);
    }

    @Override
    public List<Bar> bars() {
        return bars;
    }

    @Override
    public int readConfig(int offset, int size) {
        if (closed) {
            return 0;
        }
        if (window.touchedBy(offset, size)) {
            window.load();
        }
        return config.read(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        if (closed) {
            return;
        }
        config.write(offset, size, value);
        if (touches(offset, size, deviceControl, 2) && startsFlr(offset, size, value)) {
            reset();
            return;
        }
        if (touches(offset, size, ConfigSpace.COMMAND, 2)) {
            applyCommand();
        }
        if (touches(offset, size, msixControl, 2)) {
            applyMessageControl();
        }
        if (window.touchedBy(offset, size)) {
            window.store();
        }
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        if (closed || offset < 0) {
            return 0;
        }
        if (bar == VirtioStructures.BAR && offset < VirtioStructures.TOTAL) {
            return structures.read((int) offset, size);
        }
        return bar == MSIX_BAR ? msix.read(offset, size) : 0;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        if (closed || offset < 0) {
            return;
        }
        if (bar == VirtioStructures.BAR && offset < VirtioStructures.TOTAL) {
            structures.write((int) offset, size, value);
        } else if (bar == MSIX_BAR) {
            msix.write(offset, size, value);
        }
    }

    @Override
    public void reset() {
        if (closed) {
            return;
        }
        transport.reset();
        common.reset();
        config.reset();
        msix.reset();
        applyCommand();
        applyMessageControl();
    }

    @Override
    public void close() {
        if (!closed) {
            reset();
            closed = true;
            transport.close();
        }
    }

    @Override
    public byte[] snapshot() {
        requireOpen();
        SnapshotWriter out = new SnapshotWriter(thread.nanoTime());
        out.section(SECTION);
        out.u16(deviceId).u16(msix.vectors());
        config.save(out);
        common.save(out);
        msix.save(out);
        transport.save(out);
        return out.finish();
    }

    @Override
    public void restore(byte[] snapshot) throws SnapshotException {
        requireOpen();
        SnapshotReader in = new SnapshotReader(snapshot, thread.nanoTime());
        Runnable change = load(in);
        in.end();
        change.run();
    }

    private Runnable load(SnapshotReader in) throws SnapshotException {
        in.section(SECTION);
        in.require(in.u16("device ID", 0xffff) == deviceId, "it is of another kind of device");
        String vectors = String.valueOf(in.u16("MSI-X vectors", MsixTable.MAX_VECTORS));
        in.requireOption("msix", vectors, String.valueOf(msix.vectors()));
        byte[] registers = config.load(in);
        boolean busMaster = (registers[ConfigSpace.COMMAND] & ConfigSpace.COMMAND_BUS_MASTER) != 0;
        Runnable select = common.load(in);
        Runnable table = msix.load(in);
        Runnable device = transport.load(in, busMaster);
        return () -> {
            config.restore(registers);
            select.run();
            table.run();
            msix.resume(config.read(msixControl, 2), busMaster);
            device.run();
            boolean disabled = (config.read(ConfigSpace.COMMAND, 2) & ConfigSpace.COMMAND_INTX_DISABLE) != 0;
            intx.resume(interrupts.hasCause(), disabled, msix.enabled());
        };
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the function is closed");
        }
    }

    private boolean startsFlr(int offset, int size, int value) {
        int highByte = deviceControl + 1 - offset;
        return highByte >= 0
                && highByte < size
                && (value >>> (8 * highByte) & PciExpressCapability.INITIATE_FLR >> 8) != 0;
    }

    private void applyCommand() {
        int command = config.read(ConfigSpace.COMMAND, 2);
        boolean busMaster = (command & ConfigSpace.COMMAND_BUS_MASTER) != 0;
        intx.setDisabled((command & ConfigSpace.COMMAND_INTX_DISABLE) != 0);
        msix.setBusMaster(busMaster);
        transport.setBusMaster(busMaster);
    }

    private void applyMessageControl() {
        msix.setMessageControl(config.read(msixControl, 2));
        intx.setMsixEnabled(msix.enabled());
    }
}
