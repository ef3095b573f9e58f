// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Wakeup;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/** A device of two queues that keeps every chain until a test wants it given back. */
final class FakeDevice implements VirtioDevice {
    static final int QUEUES = 2;
    private static final Section SETTINGS = new Section("FAKE", "settings of a test");
    private static final Section STATE = new Section("FAKS", "state of a test");
    static final int CONFIG_LENGTH = 16;

    /** What a test wants done on the device thread. */
    interface Task {
        void run() throws Exception;
    }

    private final List<List<DescriptorChain>> held = List.of(new ArrayList<>(), new ArrayList<>());
    private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final Wakeup wakeup;
    private @Nullable VirtioTransport transport;
    volatile int resets;
    volatile int starts;
    volatile long features;
    volatile int restores;
    volatile int closes;
    volatile int taken;
    volatile int setting;

    private final long offered;

    /** @param offered reserved feature bits */
    FakeDevice(DeviceThread thread, long offered) {
        this.offered = offered;
        wakeup = thread.wakeup(this::runTasks);
    }

    private void runTasks() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What the driver has set. */
    void setting(int value) {
        setting = value;
        transport().settingsChanged();
    }

    /** Runs something on the device thread. */
    void on(Task task) {
        tasks.add(task);
        wakeup.signal();
    }

    VirtioTransport transport() {
        VirtioTransport attached = transport;
        if (attached == null) {
            throw new IllegalStateException("not attached");
        }
        return attached;
    }

    /** Heads that a queue's device holds, in the order in which they came. Device thread only. */
    List<Integer> heads(int queue) {
        return held.get(queue).stream().map(DescriptorChain::head).toList();
    }

    /** Gives back the chain that came at this place. Device thread only. */
    void complete(int queue, int place) throws GuestMemoryException {
        transport().queue(queue).complete(held.get(queue).remove(place), 0);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    private void serve(int index) {
        Virtqueue queue = transport().queue(index);
        try {
            for (DescriptorChain chain = queue.poll(); chain != null; chain = queue.poll()) {
                held.get(index).add(chain);
                taken++;
            }
        } catch (VirtqueueException | GuestMemoryException e) {
            transport().needsReset(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public int deviceId() {
        return 42;
    }

    @Override
    public long deviceFeatures() {
        return 2;
    }

    @Override
    public long offeredFeatures() {
        return offered;
    }

    @Override
    public int queueCount() {
        return QUEUES;
    }

    @Override
    public int queueSizeMax(int queue) {
        return 64;
    }

    @Override
    public int earlyQueue() {
        return NO_QUEUE;
    }

    @Override
    public int configLength() {
        return CONFIG_LENGTH;
    }

    @Override
    public int readConfig(int offset) {
        return 0xf0 | offset;
    }

    @Override
    public void attach(VirtioTransport to) {
        transport = to;
        for (int i = 0; i < QUEUES; i++) {
            int index = i;
            to.onNotify(i, () -> serve(index));
        }
    }

    @Override
    public void driverEarly() {
        throw new IllegalStateException("no driver is early");
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void driverOk(long negotiated) {
        features = negotiated;
        starts++;
        for (int i = 0; i < QUEUES; i++) {
            serve(i);
        }
    }

    @Override
    public void queueReset(int queue) {
        held.get(queue).clear();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void reset() {
        resets++;
        setting = 0;
        held.forEach(List::clear);
    }

    @Override
    public void saveSettings(SnapshotWriter out) {
        out.section(SETTINGS).i32(setting);
    }

    @Override
    public Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        in.section(SETTINGS);
        int saved = in.i32("the setting", 0, 100);
        return () -> setting = saved;
    }

    @Override
    public void save(SnapshotWriter out) {
        out.section(STATE).i32(setting);
        for (List<DescriptorChain> chains : held) {
            out.u16(chains.size());
            chains.forEach(chain -> out.u16(chain.head()));
        }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public Runnable load(SnapshotReader in, RestoredChains chains, boolean running) throws SnapshotException {
        in.section(STATE);
        int saved = in.i32("the setting", 0, 100);
        List<List<DescriptorChain>> restored = List.of(new ArrayList<>(), new ArrayList<>());
        for (int queue = 0; queue < QUEUES; queue++) {
            int count = in.count("chains", 64, 2);
            for (int i = 0; i < count; i++) {
                restored.get(queue).add(chains.claim(in, queue));
            }
        }
        return () -> {
            setting = saved;
            restores++;
            for (int queue = 0; queue < QUEUES; queue++) {
                held.get(queue).clear();
                held.get(queue).addAll(restored.get(queue));
            }
        };
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void close() {
        closes++;
    }
}
