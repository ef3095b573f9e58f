// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The sound protocol from the driver's side, VIRTIO 1.4 section 5.14, on a started or startable transport. */
public final class SoundDriver {
    private static final int CONTROL_AREA_BYTES = 16384;
    private static final int REPLY_AT = 8192;
    /** As Linux: a control request that takes longer makes the probe fail. */
    private static final long CONTROL_TIMEOUT_NANOS = 1_000_000_000L;

    private static final int CONTROL_TOKEN = 1;
    private static final int RAW_TOKEN = -1;

    private final VirtioPciDriver pci;
    private final Bus bus;
    private final BufferList buffers = new BufferList();
    private final List<SoundMessage> messages = new ArrayList<>();
    private final DriverQueue.UsedListener ioUsed = this::ioUsed;
    private final DriverQueue.UsedListener controlUsed = this::controlUsed;
    private long controlArea;
    private int controlUsedLength;
    private boolean controlDone;
    private long controlNanos;
    private long txInterrupts;
    private long rxInterrupts;
    private int rawUsedLength;
    private boolean rawDone;
    private int features;
    private Consumer<SoundMessage> completionListener = message -> {};

    /** A driver on this transport. */
    public SoundDriver(VirtioPciDriver pci) {
        this.pci = pci;
        this.bus = pci.bus();
    }

    /** Probes the function behind {@code bus} and starts it. */
    public static SoundDriver start(Bus bus, DriverStyle style) {
        return start(bus, style, 0);
    }

    /** The same with features of the device itself, if they are offered. */
    public static SoundDriver start(Bus bus, DriverStyle style, long deviceFeatures) {
        PciCard card = PciProbe.probe(bus);
        VirtioPciDriver pci = new VirtioPciDriver(bus, card, style, GuestAllocator.above1Mib(bus.ram()));
        pci.wantDeviceFeatures(deviceFeatures);
        SoundDriver driver = new SoundDriver(pci);
        driver.start();
        return driver;
    }

    /** Starts or, after a reset, restarts the transport. Pending messages are forgotten. */
    public void start() {
        pci.start();
        if (controlArea == 0) {
            controlArea = pci.allocator().allocate(CONTROL_AREA_BYTES, 4096);
        }
        messages.forEach(message -> message.pending = false);
        txInterrupts = 0;
        rxInterrupts = 0;
    }

    /** The transport. */
    public VirtioPciDriver pci() {
        return pci;
    }

    /** The way to the device. */
    public Bus bus() {
        return bus;
    }

    /**
     * Selects these features of streams from the next SET_PARAMS on; with {@link SndWire#PCM_F_MSG_POLLING}, no message is
     * announced by a notification.
     */
    public void select(int streamFeatures) {
        features = streamFeatures;
    }

    /** Called for every message that comes back. */
    public void onCompletion(Consumer<SoundMessage> listener) {
        completionListener = listener;
    }

    /** A little-endian request of 32-bit words. */
    public static byte[] words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    /** Sends a request in one buffer, with one buffer for the answer. */
    public ControlReply control(byte[] request, int replyRoom) {
        return control(request, new int[] {request.length}, replyRoom, new int[] {replyRoom});
    }

    /**
     * Sends a request.
     *
     * @param request its bytes
     * @param requestSplit lengths of its buffers
     * @param replyRoom writable bytes
     * @param replySplit lengths of the writable buffers
     */
    public ControlReply control(byte[] request, int[] requestSplit, int replyRoom, int[] replySplit) {
        long replyAt = controlArea + REPLY_AT;
        bus.ram().write(controlArea, request);
        bus.ram().fill(replyAt, replyRoom, 0xff);
        buffers.clear();
        long at = controlArea;
        for (int length : requestSplit) {
            buffers.readable(at, length);
            at += length;
        }
        at = replyAt;
        for (int length : replySplit) {
            buffers.writable(at, length);
            at += length;
        }
        ControlReply reply = control(buffers, replyAt, replyRoom);
        return reply;
    }

    private ControlReply control(BufferList chain, long replyAt, int replyRoom) {
        DriverQueue queue = pci.queue(SndWire.CONTROL_QUEUE);
        long interrupts = pci.interrupts(SndWire.CONTROL_QUEUE);
        controlDone = false;
        if (!queue.add(chain, CONTROL_TOKEN)) {
            throw new IllegalStateException("the control queue is full");
        }
        long sent = bus.nanoTime();
        pci.kick(queue);
        // The interrupt first: who looks before it, and asks for the next one by used_event, may rightly get none.
        boolean answered = bus.await(
                () -> pci.interrupts(SndWire.CONTROL_QUEUE) != interrupts
                        && (queue.poll(controlUsed) > 0 || controlDone),
                CONTROL_TIMEOUT_NANOS);
        if (!answered) {
            boolean used = queue.poll(controlUsed) > 0 || controlDone;
            throw new DeviceFaultException(
                    used
                            ? "a control request was answered without an interrupt"
                            : "a control request was not answered within a second");
        }
        controlNanos = bus.nanoTime() - sent;
        return new ControlReply(controlUsedLength, bus.ram().read(replyAt, replyRoom));
    }

    private void controlUsed(int token, int usedLength) {
        controlUsedLength = usedLength;
        controlDone = true;
    }

    /** How long the last control request took, in the bus's time. */
    public long controlNanos() {
        return controlNanos;
    }

    /** A *_INFO request. */
    public ControlReply info(int code, int start, int count, int size, int replyRoom) {
        return control(words(code, start, count, size), replyRoom);
    }

    /** Items of the device-specific configuration: 0 jacks, 1 streams, 2 channel maps. */
    public int configCount(int field) {
        return (int) pci.deviceConfig(4 * field, 4);
    }

    /** PCM_INFO of all streams. */
    public List<PcmInfo> pcmInfo() {
        int count = configCount(1);
        ControlReply reply =
                info(SndWire.R_PCM_INFO, 0, count, SndWire.PCM_INFO_BYTES, 4 + count * SndWire.PCM_INFO_BYTES);
        expectOk(reply, "PCM_INFO");
        List<PcmInfo> infos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            infos.add(PcmInfo.decode(reply.bytes(), 4 + i * SndWire.PCM_INFO_BYTES));
        }
        return infos;
    }

    /** JACK_INFO of all jacks. */
    public List<JackDescription> jackInfo() {
        int count = configCount(0);
        ControlReply reply =
                info(SndWire.R_JACK_INFO, 0, count, SndWire.JACK_INFO_BYTES, 4 + count * SndWire.JACK_INFO_BYTES);
        expectOk(reply, "JACK_INFO");
        List<JackDescription> jacks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jacks.add(JackDescription.decode(reply.bytes(), 4 + i * SndWire.JACK_INFO_BYTES));
        }
        return jacks;
    }

    /** JACK_REMAP; the status. */
    public int remap(int jack, int association, int sequence) {
        return control(words(SndWire.R_JACK_REMAP, jack, association, sequence), 4)
                .status();
    }

    /** Number of the first stream of a direction. */
    public int firstStream(boolean output) {
        List<PcmInfo> infos = pcmInfo();
        for (int i = 0; i < infos.size(); i++) {
            if (infos.get(i).isOutput() == output) {
                return i;
            }
        }
        throw new DeviceFaultException("no " + (output ? "output" : "input") + " stream");
    }

    private static void expectOk(ControlReply reply, String what) {
        if (reply.status() != SndWire.S_OK) {
            throw new DeviceFaultException(what + " was answered " + Integer.toHexString(reply.status()));
        }
    }

    /** The bytes of a SET_PARAMS request. */
    public static byte[] setParamsRequest(
            int stream, int bufferBytes, int periodBytes, int features, int channels, int format, int rate) {
        byte[] request = Arrays.copyOf(words(SndWire.R_PCM_SET_PARAMS, stream, bufferBytes, periodBytes, features), 24);
        request[20] = (byte) channels;
        request[21] = (byte) format;
        request[22] = (byte) rate;
        return request;
    }

    /** The same for a stream that is set to this. */
    public static byte[] setParamsRequest(int stream, StreamSetup setup, int features) {
        return setParamsRequest(
                stream,
                setup.bufferBytes(),
                setup.periodBytes(),
                features,
                setup.channels(),
                setup.format(),
                setup.rate());
    }

    /** SET_PARAMS; the status. */
    public int setParams(int stream, StreamSetup setup) {
        return control(setParamsRequest(stream, setup, features), 4).status();
    }

    /** PREPARE, START, STOP or RELEASE; the status. */
    public int command(int code, int stream) {
        return control(words(code, stream), 4).status();
    }

    /** A command that must succeed. */
    public void commandOk(int code, int stream) {
        int status = command(code, stream);
        if (status != SndWire.S_OK) {
            throw new DeviceFaultException(
                    "command " + Integer.toHexString(code) + " was answered " + Integer.toHexString(status));
        }
    }

    /** SET_PARAMS and PREPARE, which must succeed. */
    public void open(int stream, StreamSetup setup) {
        int status = setParams(stream, setup);
        if (status != SndWire.S_OK) {
            throw new DeviceFaultException("SET_PARAMS was answered " + Integer.toHexString(status));
        }
        commandOk(SndWire.R_PCM_PREPARE, stream);
    }

    /** Memory for a message. */
    public SoundMessage message(int stream, boolean output, int dataBytes) {
        GuestAllocator memory = pci.allocator();
        long header = memory.allocate(4, 16);
        long data = memory.allocate(dataBytes, 4096);
        long status = memory.allocate(SndWire.STATUS_BYTES, 16);
        SoundMessage message = new SoundMessage(messages.size(), stream, output, dataBytes, header, data, status);
        messages.add(message);
        return message;
    }

    /** Gives a message's memory back. */
    public void free(SoundMessage message) {
        pci.allocator().free(message.header);
        pci.allocator().free(message.data);
        pci.allocator().free(message.statusAt);
    }

    /** Makes a message available without a notification. */
    public void submitQuietly(SoundMessage message) {
        GuestRam ram = bus.ram();
        ram.put32(message.header, message.stream);
        ram.put64(message.statusAt, 0);
        buffers.clear().readable(message.header, 4);
        if (message.dataBytes > 0) {
            buffers.pages(message.data, message.dataBytes, pci.style().pageBytes(), !message.output);
        }
        buffers.writable(message.statusAt, SndWire.STATUS_BYTES);
        if (!queueOf(message).add(buffers, message.token)) {
            throw new IllegalStateException("the queue is full");
        }
        message.pending = true;
        message.submittedNanos = bus.nanoTime();
    }

    /** After a reset of a queue: its messages are the driver's again. */
    public void forgetPending(boolean output) {
        for (SoundMessage message : messages) {
            if (message.output == output) {
                message.pending = false;
            }
        }
    }

    /** Hands a message over. */
    public void submit(SoundMessage message) {
        submitQuietly(message);
        if ((features & SndWire.PCM_F_MSG_POLLING) == 0) {
            pci.kick(queueOf(message));
        }
    }

    private DriverQueue queueOf(SoundMessage message) {
        return pci.queue(message.output ? SndWire.TX_QUEUE : SndWire.RX_QUEUE);
    }

    /** Takes everything used if there was an interrupt since the last time. */
    public void serviceInterrupts() {
        long tx = pci.interrupts(SndWire.TX_QUEUE);
        if (tx != txInterrupts) {
            txInterrupts = tx;
            pci.queue(SndWire.TX_QUEUE).poll(ioUsed);
        }
        long rx = pci.interrupts(SndWire.RX_QUEUE);
        if (rx != rxInterrupts) {
            rxInterrupts = rx;
            pci.queue(SndWire.RX_QUEUE).poll(ioUsed);
        }
    }

    /** Takes everything used, interrupt or not. */
    public void poll() {
        pci.queue(SndWire.TX_QUEUE).poll(ioUsed);
        pci.queue(SndWire.RX_QUEUE).poll(ioUsed);
    }

    /**
     * Sends any chain on any queue and waits for it.
     *
     * @return bytes the device says it has written
     */
    public int raw(int queue, BufferList chain) {
        rawDone = false;
        if (!pci.queue(queue).add(chain, RAW_TOKEN)) {
            throw new IllegalStateException("the queue is full");
        }
        pci.kick(pci.queue(queue));
        boolean back = bus.await(
                () -> {
                    pci.queue(queue).poll(ioUsed);
                    return rawDone;
                },
                CONTROL_TIMEOUT_NANOS);
        if (!back) {
            throw new DeviceFaultException("a chain did not come back");
        }
        return rawUsedLength;
    }

    private void ioUsed(int token, int usedLength) {
        if (token == RAW_TOKEN) {
            rawUsedLength = usedLength;
            rawDone = true;
            return;
        }
        SoundMessage message = messages.get(token);
        if (!message.pending) {
            throw new DeviceFaultException("a message came back twice");
        }
        message.pending = false;
        message.completedNanos = bus.nanoTime();
        message.usedLength = usedLength;
        message.status = bus.ram().get32(message.statusAt);
        message.latencyBytes = bus.ram().get32(message.statusAt + 4);
        message.completions++;
        completionListener.accept(message);
    }

    /** Waits, as a driver that goes by interrupts, until the condition holds. */
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        return bus.await(
                () -> {
                    serviceInterrupts();
                    return condition.getAsBoolean();
                },
                timeoutNanos);
    }

    /** Waits for a message; a driver that goes by interrupts. */
    public void awaitBack(SoundMessage message, long timeoutNanos) {
        if (!await(() -> !message.pending, timeoutNanos)) {
            throw new DeviceFaultException("a message did not come back");
        }
    }
}
