// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/** Gives every buffer straight back, unless told to hold them, and keeps a list of what the transport said. */
public final class FakeVirtioDevice implements VirtioDevice {
    static final int QUEUES = 4;
    static final int EARLY_QUEUE = 0;
    static final int CONFIG_LENGTH = 16;
    static final long FEATURES = 0b1;

    final List<String> calls = new ArrayList<>();
    final List<DescriptorChain> held = new ArrayList<>();
    final byte[] config = new byte[CONFIG_LENGTH];
    final boolean strict;
    public boolean recording = true;
    boolean holding;
    /** Whether it has nothing in process. */
    boolean idle = true;

    long features;
    public VirtioTransport transport;

    public FakeVirtioDevice() {
        this(false);
    }

    /** @param strict whether it waits for DRIVER_OK, whatever its driver does */
    FakeVirtioDevice(boolean strict) {
        this.strict = strict;
        for (int i = 0; i < CONFIG_LENGTH; i++) {
            config[i] = (byte) (0xa0 + i);
        }
    }

    /** The calls since the last time. */
    List<String> takeCalls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    private void called(String call) {
        if (recording) {
            calls.add(call);
        }
    }

    private void serve(int index) {
        Virtqueue queue = transport.queue(index);
        try {
            for (DescriptorChain chain = queue.poll(); chain != null; chain = queue.poll()) {
                if (holding) {
                    held.add(chain);
                } else {
                    queue.complete(chain, 0);
                }
            }
        } catch (VirtqueueException | GuestMemoryException e) {
            transport.needsReset(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public int deviceId() {
        return 25;
    }

    @Override
    public long deviceFeatures() {
        return FEATURES;
    }

    @Override
    public int queueCount() {
        return QUEUES;
    }

    @Override
    public int queueSizeMax(int queue) {
        return queue < 2 ? 64 : 256;
    }

    @Override
    public int earlyQueue() {
        return strict ? NO_QUEUE : EARLY_QUEUE;
    }

    @Override
    public int configLength() {
        return CONFIG_LENGTH;
    }

    @Override
    public int readConfig(int offset) {
        return config[offset] & 0xff;
    }

    @Override
    public void attach(VirtioTransport transport) {
        this.transport = transport;
        for (int i = 0; i < QUEUES; i++) {
            int queue = i;
            transport.onNotify(i, () -> queueNotified(queue));
        }
    }

    @Override
    public void driverEarly() {
        called("driverEarly");
    }

    @Override
    public void driverOk(long features) {
        called("driverOk");
        this.features = features;
        for (int i = 0; i < QUEUES; i++) {
            serve(i);
        }
    }

    void queueNotified(int queue) {
        if (recording) {
            called("notified " + queue);
        }
        serve(queue);
    }

    @Override
    public void suspend() {
        called("suspend");
        if (idle) {
            transport.suspended();
        }
    }

    @Override
    public void restoreSuspended(boolean inProcess) {
        called(inProcess ? "still suspending" : "still suspended");
    }

    @Override
    public void resume() {
        called("resume");
        for (int i = 0; i < QUEUES; i++) {
            serve(i);
        }
    }

    @Override
    public void queueReset(int queue) {
        called("queueReset " + queue);
    }

    @Override
    public void reset() {
        called("reset");
        held.clear();
    }

    @Override
    public void save(SnapshotWriter out) {
        called("save");
    }

    @Override
    public Runnable load(SnapshotReader in, RestoredChains chains, boolean running) {
        called("load " + (running ? "running" : "idle"));
        return () -> called("restored");
    }

    @Override
    public void close() {
        called("close");
    }
}
