// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * The tx or the rx queue, 5.14.6.8: passes the driver's messages to the streams they name and gives them back when the
 * streams are done with them. Device thread only; allocates nothing once the pool is filled.
 */
final class MessageQueue extends ServedQueue implements MessageCompleter {
    /** The Linux driver loses messages when tx or rx is full. */
    static final int SIZE = 256;

    private final boolean output;
    private final boolean strict;
    private final int headerBytes;
    private final ScheduledTasks tasks;
    private final MessagePool pool;
    private final DeviceStreams streams;
    private final DriverFaults faults;
    private final DriverHabits habits;
    private final RingPoll poll;
    private final ByteBuffer xfer = ByteBuffer.allocateDirect(PcmXfer.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer status =
            ByteBuffer.allocateDirect(PcmStatus.LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    /** Whether the driver moves used_event, if it has the feature. */
    private boolean reactionsShow = true;

    /** Messages taken, in all lives. */
    private long messages;

    /**
     * @param index the queue's number: tx or rx
     * @param config of the device
     * @param pool shared by both
     */
    MessageQueue(
            int index,
            SoundConfig config,
            QueueService service,
            ScheduledTasks tasks,
            MessagePool pool,
            DeviceStreams streams,
            DriverFaults faults,
            DriverHabits habits) {
        super(index, service);
        this.habits = habits;
        output = index == VirtioSnd.VIRTIO_SND_VQ_TX;
        strict = config.rules().strict();
        headerBytes = config.rules().headerBytes();
        this.tasks = tasks;
        this.pool = pool;
        this.streams = streams;
        this.faults = faults;
        poll = new RingPoll(tasks, streams, output, this::serve);
    }

    /** Looks at the ring for drivers that do not notify. */
    RingPoll poll() {
        return poll;
    }

    /** Messages taken in all lives. */
    long messages() {
        return messages;
    }

    @Override
    void take() throws VirtqueueException, GuestMemoryException {
        Virtqueue queue = queue();
        int budget = queue.size();
        long descriptors = queue.descriptorsVisited();
        for (DescriptorChain chain = queue.poll(); chain != null; chain = queue.poll()) {
            take(chain);
            messages++;
            if (!service.running()) {
                return;
            }
            if (--budget == 0 || queue.descriptorsVisited() - descriptors >= QueueService.DESCRIPTORS_PER_TURN) {
                service.serveAgain(index);
                return;
            }
        }
    }

    private void take(DescriptorChain chain) {
        if (!habits.settled()) {
            habits.message(output, chain);
        }
        PcmMessage message = pool.take(chain, tasks.nanoTime());
        long dataBytes = PcmMessage.dataBytes(chain, output, headerBytes);
        if (!output && chain.readableBytes() != headerBytes) {
            faults.seen(DriverFault.RECORD_HEADER, chain.readableBytes());
        }
        PcmStream stream = dataBytes < 0 || chain.inExcess() ? null : streamOf(chain);
        if (stream == null) {
            complete(message, VIRTIO_SND_S_IO_ERR, 0, 0);
        } else {
            stream.add(message, dataBytes);
        }
    }

    /** The stream that a message names, or null if there is none of this direction. */
    private @Nullable PcmStream streamOf(DescriptorChain chain) {
        try {
            xfer.clear();
            chain.read(0, xfer);
        } catch (GuestMemoryException e) {
            return null;
        }
        long id = Integer.toUnsignedLong(xfer.getInt(PcmXfer.STREAM_ID));
        PcmStream stream = streams.named(id);
        if (stream == null || stream.info.isOutput() != output) {
            faults.seen(DriverFault.NO_STREAM, id);
            return null;
        }
        return stream;
    }

    @Override
    void taken() {
        for (int i = 0; i < streams.count(); i++) {
            streams.get(i).taken();
        }
    }

    @Override
    void forget() {
        streams.forgetMessages(output);
    }

    @Override
    public void complete(PcmMessage message, int code, long latencyBytes, long dataBytes) {
        DescriptorChain chain = message.chain();
        pool.give(message);
        if (!service.running()) {
            return; // a fault of the guest has ended the device in the middle of something
        }
        long usedBytes = 0;
        try {
            if (chain.writableBytes() >= PcmStatus.LENGTH) {
                status.clear();
                status.putInt(PcmStatus.STATUS, code).putInt(PcmStatus.LATENCY_BYTES, (int) latencyBytes);
                long statusAt = chain.writableBytes() - PcmStatus.LENGTH;
                chain.write(statusAt, status);
                if (!strict && dataBytes + PcmStatus.LENGTH <= statusAt && !output) {
                    status.rewind(); // Windows looks for the status right after what was recorded, where QEMU writes it
                    chain.write(dataBytes, status);
                }
                usedBytes = dataBytes + PcmStatus.LENGTH;
            }
        } catch (GuestMemoryException e) {
            usedBytes = 0; // the guest gave no memory for its status, but gets its buffer back
        }
        use(chain, usedBytes);
        service.gaveBack();
    }

    @Override
    public boolean takesMore() {
        return service.taking();
    }

    @Override
    public boolean reactionsShow() {
        return reactionsShow && queue().eventIdx();
    }

    void setReactionsShow(boolean show) {
        reactionsShow = show;
    }

    @Override
    public long mark() {
        return queue().wantedInterrupts();
    }

    @Override
    public boolean reactedTo(long mark) {
        try {
            return !reactionsShow || queue().wantedInterrupts() > mark || queue().driverReacted();
        } catch (GuestMemoryException e) {
            return true; // completing it will report what is wrong
        }
    }
}
