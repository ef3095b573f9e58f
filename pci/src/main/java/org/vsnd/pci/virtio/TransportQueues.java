// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.Virtqueue;

/** All queues of a device: their registers, what serves each, and the features that they share. Device thread only. */
final class TransportQueues {
    private final QueueRegisters[] registers;
    private final Runnable[] served;

    /**
     * @param segmentsMax as {@link Virtqueue} has it, for each
     * @param interrupt called with a queue's number
     */
    TransportQueues(VirtioDevice device, int segmentsMax, GuestMemory memory, IntConsumer interrupt) {
        registers = new QueueRegisters[device.queueCount()];
        for (int i = 0; i < registers.length; i++) {
            registers[i] = new QueueRegisters(new Virtqueue(i, device.queueSizeMax(i), segmentsMax, memory, interrupt));
        }
        served = new Runnable[registers.length];
        Arrays.fill(served, (Runnable) () -> {});
    }

    int count() {
        return registers.length;
    }

    /** The registers of an existing queue. */
    QueueRegisters registers(int index) {
        return registers[index];
    }

    /** Sets what {@link #serve} runs. */
    void onNotify(int index, Runnable task) {
        served[index] = task;
    }

    /** The driver has made something available in a queue, which may not exist (PCI-42). */
    void serve(int index) {
        if (index < served.length) {
            served[index].run();
        }
    }

    /** Whether no queue was enabled in another format than that of these features. */
    boolean fit(long features) {
        for (QueueRegisters queue : registers) {
            if (!queue.queue().fits(features)) {
                return false;
            }
        }
        return true;
    }

    void setFeatures(long features) {
        for (QueueRegisters queue : registers) {
            queue.queue().setFeatures(features);
        }
    }

    /** Sets all of them back; the features stay. */
    void reset() {
        for (QueueRegisters queue : registers) {
            queue.reset();
        }
    }

    /** Writes a section for each. */
    void save(SnapshotWriter out) {
        for (QueueRegisters queue : registers) {
            queue.save(out);
        }
    }

    /**
     * Reads these, and changes nothing.
     *
     * @param features negotiated
     * @param chains gets every chain that was with the device
     * @return restores the queues, which have the features by then
     */
    Runnable load(SnapshotReader in, long features, RestoredChains chains) throws SnapshotException {
        List<Runnable> steps = new ArrayList<>();
        for (QueueRegisters queue : registers) {
            steps.add(queue.load(in, features, chains));
        }
        return () -> steps.forEach(Runnable::run);
    }
}
