// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.vsnd.audio.AudioBackend;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.TimeBase;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtioFeatures;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * A sound device with one output (stream 0) and one input (stream 1), its queues in a flat memory, and a driver's hand on
 * them. Drives the device without a PCI transport: for the device's own rules. S16 stereo at 48 kHz unless said otherwise.
 */
final class Rig implements VirtioTransport {
    static final int FRAME = 4;

    /** A used buffer: when, with what. */
    record Done(int tag, long nanos, long usedBytes, int status, long latencyBytes) {}

    private static final long QUEUE_BYTES = 0x8000;
    private static final long BUFFERS = 0x40000;
    private static final int RAM_BYTES = 64 << 20;

    final VirtualThread thread;
    final RecordingBackend backend;
    final SoundDevice device;
    final List<Done> done = new ArrayList<>();
    /** How often the device has said that its settings changed. */
    int settings;
    /** How often the device has said that it is suspended. */
    int suspensions;
    /** What the device has said of its drivers. */
    final List<DriverTraits> drivers = new ArrayList<>();

    final List<QueueRegisters> queues = new ArrayList<>();
    private final Map<Integer, Runnable> served = new HashMap<>();
    String fault = "";
    /** What the transport says of the driver. */
    long leadNanos = INTERRUPT_AFTER;
    /** The last interrupt has not reached the guest. */
    boolean underway;
    /** What the driver does first in its interrupt handler. */
    IntConsumer onInterrupt = queue -> {};
    /** The guest stands still: interrupts are not seen. */
    boolean asleep;

    private final ByteBuffer ram = ByteBuffer.allocate(RAM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final int[] availIdx = new int[4];
    private final int[] usedIdx = new int[4];
    private final int[] nextDescriptor = new int[4];
    private final int[][] tags = new int[4][256];
    private final long[][] statusAt = new long[4][256];
    private long nextBuffer = BUFFERS;

    Rig(CompletionPolicy completion, ExchangeRule exchange) {
        this(completion, exchange, true, TimeBase.WALL);
    }

    Rig(CompletionPolicy completion, ExchangeRule exchange, boolean capture, TimeBase timeBase) {
        this(completion, exchange, capture, timeBase, new RecordingBackend(), StopRule.KEEP, false);
    }

    /** A card with these options. */
    Rig(StopRule stop, boolean strict) {
        this(CompletionPolicy.PACED, ExchangeRule.AUTO, true, TimeBase.WALL, new RecordingBackend(), stop, strict);
    }

    /** With host audio of one's own; what is asked of {@link #backend} is then nothing. */
    Rig(CompletionPolicy completion, ExchangeRule exchange, AudioBackend host) {
        this(completion, exchange, true, TimeBase.WALL, host, StopRule.KEEP, false);
    }

    private Rig(
            CompletionPolicy completion,
            ExchangeRule exchange,
            boolean capture,
            TimeBase timeBase,
            AudioBackend host,
            StopRule stop,
            boolean strict) {
        this(config(new StreamRules(completion, exchange, 20_000_000, capture, stop, strict, 4)), timeBase, host);
    }

    /** The card that most tests have. */
    static SoundConfig config(ExchangeRule exchange) {
        return config(rules(exchange));
    }

    private static SoundConfig config(StreamRules rules) {
        return new SoundConfig(
                streams(1L << 4 | 1L << 5, 1L << 6 | 1L << 7), List.of(new ChannelMap(0, 0, List.of(3, 4))), rules);
    }

    /** What most tests have. */
    static StreamRules rules(ExchangeRule exchange) {
        return new StreamRules(CompletionPolicy.PACED, exchange, 20_000_000, true, StopRule.KEEP, false, 4);
    }

    /** One output and one input. */
    static List<StreamInfo> streams(long formats, long rates) {
        return List.of(new StreamInfo(0, 0, formats, rates, 1, 2), new StreamInfo(0, 1, formats, rates, 1, 2));
    }

    /** A card with options of one's own. */
    Rig(SoundConfig config, TimeBase timeBase, AudioBackend host) {
        backend = host instanceof RecordingBackend recording ? recording : new RecordingBackend();
        thread = new VirtualThread(timeBase);
        device = new SoundDevice(config, thread, host, CardBudget.STANDARD, drivers::add);
        for (int i = 0; i < 4; i++) {
            queues.add(new QueueRegisters(new Virtqueue(i, device.queueSizeMax(i), new Ram(), this::collect)));
            enable(i);
        }
        device.attach(this);
        device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1 | device.deviceFeatures());
    }

    void enable(int queue) {
        QueueRegisters q = queues.get(queue);
        long at = QUEUE_BYTES * queue;
        q.setDescAddress(at);
        q.setAvailAddress(at + 0x2000);
        q.setUsedAddress(at + 0x4000);
        ram.putInt((int) at + 0x2000, 0);
        ram.putInt((int) at + 0x4000, 0);
        availIdx[queue] = 0;
        usedIdx[queue] = 0;
        try {
            q.enable();
        } catch (VirtqueueException e) {
            throw new AssertionError(e);
        }
    }

    /** The device replaces another, which has left an empty ring at this index. */
    void goOn(int queue, int index) {
        QueueRegisters q = queues.get(queue);
        q.reset();
        int at = (int) QUEUE_BYTES * queue;
        q.setDescAddress(at);
        q.setAvailAddress(at + 0x2000L);
        q.setUsedAddress(at + 0x4000L);
        ram.putShort(at + 0x2002, (short) index);
        ram.putShort(at + 0x4002, (short) index);
        availIdx[queue] = index;
        usedIdx[queue] = index;
        try {
            q.resume(index, new int[0]);
        } catch (VirtqueueException | GuestMemoryException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void onNotify(int index, Runnable task) {
        served.put(index, task);
    }

    /** The driver notifies a queue. */
    void kick(int queue) {
        served.getOrDefault(queue, () -> {}).run();
    }

    /** From now on used_event says what the driver has seen; see {@link #asleep}. */
    void useEventIdx() {
        queues.forEach(queue -> queue.queue().setFeatures(VirtioFeatures.VIRTIO_F_EVENT_IDX));
    }

    /** The driver wakes up: it sees what was used while it was {@link #asleep}. */
    void wakeUp() {
        asleep = false;
        for (int queue = 0; queue < 4; queue++) {
            collect(queue);
        }
    }

    @Override
    public Virtqueue queue(int index) {
        return queues.get(index).queue();
    }

    @Override
    public long interruptLeadNanos() {
        return leadNanos;
    }

    @Override
    public boolean interruptUnderway(int queue) {
        return underway;
    }

    @Override
    public void settingsChanged() {
        settings++;
    }

    @Override
    public void suspended() {
        suspensions++;
    }

    @Override
    public void configChanged() {
        throw new AssertionError("nothing changes");
    }

    @Override
    public void needsReset(String reason) {
        fault = reason;
    }

    /** Sends a control request of 32-bit words (bytes at the end) and returns the status. */
    int control(int... words) {
        ByteBuffer request = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            request.putInt(word);
        }
        return control(request.array(), 4).getInt(0);
    }

    ByteBuffer control(byte[] request, int replyBytes) {
        done.removeIf(d -> d.tag() == Integer.MAX_VALUE);
        long reply = submit(0, Integer.MAX_VALUE, request, replyBytes);
        kick(0);
        return ram.slice((int) reply, replyBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int setParams(int stream, int bufferBytes, int periodBytes) {
        return control(0x101, stream, bufferBytes, periodBytes, 0, 0x0007_0502);
    }

    /** SET_PARAMS and PREPARE that must be accepted. */
    void prepare(int stream, int bufferFrames, int periodFrames) {
        expectOk(setParams(stream, bufferFrames * FRAME, periodFrames * FRAME));
        expectOk(control(0x102, stream));
    }

    void start(int stream) {
        expectOk(control(0x104, stream));
    }

    void stop(int stream) {
        expectOk(control(0x105, stream));
    }

    void release(int stream) {
        expectOk(control(0x103, stream));
    }

    private static void expectOk(int status) {
        if (status != 0x8000) {
            throw new AssertionError("status 0x" + Integer.toHexString(status));
        }
    }

    /** Queues a playback message whose bytes all are {@code tag}. */
    void play(int tag, int bytes) {
        byte[] message = new byte[4 + bytes];
        java.util.Arrays.fill(message, 4, message.length, (byte) tag);
        submit(2, tag, message, 8);
        kick(2);
    }

    /** Queues a record message; returns where its data will be. */
    long record(int tag, int bytes) {
        long at = submit(3, tag, new byte[] {1, 0, 0, 0}, bytes + 8);
        kick(3);
        return at;
    }

    /** Puts a chain of a readable and a writable part into a ring; returns the address of the writable part. */
    long submit(int queue, int tag, byte[] readable, int writableBytes) {
        int size = queues.get(queue).size();
        int head = nextDescriptor[queue];
        nextDescriptor[queue] = (head + 2) % size;
        long readAt = allocate(readable.length);
        ram.put((int) readAt, readable);
        long writeAt = allocate(writableBytes);
        descriptor(queue, head, readAt, readable.length, writableBytes > 0 ? 1 : 0, head + 1);
        descriptor(queue, head + 1, writeAt, writableBytes, 2, 0);
        tags[queue][head] = tag;
        statusAt[queue][head] = writableBytes >= 8 ? writeAt + writableBytes - 8 : -1;
        int avail = (int) (QUEUE_BYTES * queue) + 0x2000;
        ram.putShort(avail + 4 + 2 * (availIdx[queue] % size), (short) head);
        availIdx[queue]++;
        ram.putShort(avail + 2, (short) availIdx[queue]);
        return writeAt;
    }

    /** A playback message for stream 0 whose data is in no memory. */
    void submitNowhere(int queue, int tag, int bytes) {
        submit(queue, tag, new byte[4], 8);
        int size = queues.get(queue).size();
        int head = (nextDescriptor[queue] + size - 2) % size;
        long header = ram.getLong((int) (QUEUE_BYTES * queue) + 16 * head);
        long status = ram.getLong((int) (QUEUE_BYTES * queue) + 16 * (head + 1));
        nextDescriptor[queue] = (head + 4) % size;
        descriptor(queue, head, header, 4, 1, head + 1);
        descriptor(queue, head + 1, 1L << 40, bytes, 1, head + 2);
        descriptor(queue, head + 2, status, 8, 2, 0);
        kick(queue);
    }

    byte[] bytes(long address, int length) {
        byte[] copy = new byte[length];
        ram.get((int) address, copy);
        return copy;
    }

    void put(long address, byte[] bytes) {
        ram.put((int) address, bytes);
    }

    /** Where the readable part of the message submitted last begins. */
    long lastReadable(int queue) {
        int size = queues.get(queue).size();
        int head = (nextDescriptor[queue] + size - 2) % size;
        return ram.getLong((int) (QUEUE_BYTES * queue) + 16 * head);
    }

    /** Tags of the messages used so far, control requests left out. */
    List<Integer> doneTags() {
        return done.stream()
                .map(Done::tag)
                .filter(tag -> tag != Integer.MAX_VALUE)
                .toList();
    }

    Done done(int tag) {
        return done.stream()
                .filter(d -> d.tag() == tag)
                .findFirst()
                .orElseThrow(() -> new AssertionError("message " + tag + " is not done"));
    }

    private long allocate(int bytes) {
        if (nextBuffer + bytes > RAM_BYTES) {
            nextBuffer = BUFFERS;
        }
        long at = nextBuffer;
        nextBuffer += (bytes + 15) & ~15;
        return at;
    }

    private void descriptor(int queue, int index, long address, int length, int flags, int next) {
        int at = (int) (QUEUE_BYTES * queue) + 16 * index;
        ram.putLong(at, address);
        ram.putInt(at + 8, length);
        ram.putShort(at + 12, (short) flags);
        ram.putShort(at + 14, (short) next);
    }

    /** used.idx as the driver reads it. */
    int usedIdx(int queue) {
        return ram.getShort((int) (QUEUE_BYTES * queue) + 0x4002);
    }

    /** What a driver does that frees a ring: there is something else now. */
    void poison(int queue) {
        for (int i = 0; i < QUEUE_BYTES; i++) {
            ram.put((int) (QUEUE_BYTES * queue) + i, (byte) 0xa5);
        }
    }

    /** Whether nobody has written to a ring since {@link #poison}. */
    boolean isPoisoned(int queue) {
        for (int i = 0; i < QUEUE_BYTES; i++) {
            if (ram.get((int) (QUEUE_BYTES * queue) + i) != (byte) 0xa5) {
                return false;
            }
        }
        return true;
    }

    /** The interrupt: looks at what was used. */
    private void collect(int queue) {
        onInterrupt.accept(queue);
        if (asleep) {
            return;
        }
        int used = (int) (QUEUE_BYTES * queue) + 0x4000;
        while ((short) usedIdx[queue] != ram.getShort(used + 2)) {
            int elem = used + 4 + 8 * (usedIdx[queue] % queues.get(queue).size());
            int head = ram.getInt(elem);
            long status = statusAt[queue][head];
            done.add(new Done(
                    tags[queue][head],
                    thread.nowNanos,
                    ram.getInt(elem + 4),
                    status < 0 ? 0 : ram.getInt((int) status),
                    status < 0 ? 0 : Integer.toUnsignedLong(ram.getInt((int) status + 4))));
            usedIdx[queue]++;
        }
        ram.putShort(usedEvent(queue), (short) usedIdx[queue]);
    }

    private int usedEvent(int queue) {
        return (int) (QUEUE_BYTES * queue) + 0x2000 + 4 + 2 * queues.get(queue).size();
    }

    private final class Ram implements GuestMemory {
        @Override
        public void read(long address, ByteBuffer dst) throws GuestMemoryException {
            int length = dst.remaining();
            dst.put(dst.position(), ram, at(address, length), length).position(dst.limit());
        }

        @Override
        public void write(long address, ByteBuffer src) throws GuestMemoryException {
            int length = src.remaining();
            ram.put(at(address, length), src, src.position(), length);
            src.position(src.limit());
        }

        @Override
        public short loadAcquire16(long address) throws GuestMemoryException {
            return ram.getShort(at(address, 2));
        }

        @Override
        public void storeRelease16(long address, short value) throws GuestMemoryException {
            ram.putShort(at(address, 2), value);
        }

        private int at(long address, int length) throws GuestMemoryException {
            if (address < 0 || address > RAM_BYTES - length) {
                throw new GuestMemoryException(address, length);
            }
            return (int) address;
        }
    }
}
