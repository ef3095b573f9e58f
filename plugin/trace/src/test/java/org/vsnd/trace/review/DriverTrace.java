// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import static org.vsnd.guest.driver.VirtioPciCommonCfg.*;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

/** Writes the trace of a driver step by step. Unless a test says otherwise it does everything as the standard wants it. */
final class DriverTrace {
    static final String OK = "00800000";
    static final String BAD_MSG = "01800000";
    static final String IO_ERR = "03800000";
    static final int CONTROL = 0;
    static final int EVENT = 1;
    static final int TX = 2;
    static final int RX = 3;

    private static final int BAR = 4;
    private static final int NOTIFY = 0x3000;
    private static final int DEVICE = 0x2000;

    /** Offers S16 and S32, 44100 and 48000, one or two channels, no features. */
    private static final String INFO =
            "00000000" + "00000000" + "2000020000000000" + "c000000000000000" + "%02x" + "0102" + "0000000000";

    private final List<TraceStep> steps = new ArrayList<>();
    private final int[] heads = new int[16];
    private long micros = 1_000_000;
    private long address = 0x10_0000;

    DriverTrace() {
        configRead(0x34, 1, 0x40);
        capability(0x40, 0x50, VirtioCapability.COMMON, 0, 64);
        capability(0x50, 0x60, VirtioCapability.NOTIFY, NOTIFY, 0x1000);
        capability(0x60, 0x70, VirtioCapability.ISR, 0x1000, 1);
        capability(0x70, 0, VirtioCapability.DEVICE, DEVICE, 16);
        configWrite(4, 2, 6);
    }

    private void capability(int at, int next, int type, int offset, int length) {
        configRead(at, 4, 9 | next << 8 | 16 << 16 | (long) type << 24);
        configRead(at + 4, 4, BAR);
        configRead(at + 8, 4, offset);
        configRead(at + 12, 4, length);
    }

    Trace trace() {
        return new Trace(Path.of("test.jsonl"), steps);
    }

    List<Remark> review() {
        return DriverReview.of(trace());
    }

    List<RemarkKind> kinds() {
        return review().stream().map(Remark::kind).toList();
    }

    /** The line of the next step. */
    int nextLine() {
        return steps.size() + 1;
    }

    DriverTrace after(long later) {
        micros += later;
        return this;
    }

    DriverTrace add(TraceStep step) {
        steps.add(step);
        return this;
    }

    private void configRead(int offset, int size, long value) {
        steps.add(new TraceStep.ConfigAccess(++micros, "guest", false, offset, size, value));
    }

    DriverTrace configWrite(int offset, int size, long value) {
        return add(new TraceStep.ConfigAccess(++micros, "guest", true, offset, size, value));
    }

    DriverTrace write(int register, int size, long value) {
        add(new TraceStep.BarAccess(++micros, "guest", true, BAR, register, size, value));
        if (register == DEVICE_STATUS && value == 0) {
            add(new TraceStep.Reset(micros, "guest", "device_status=0"));
        }
        return this;
    }

    DriverTrace read(int register, int size, long value) {
        return add(new TraceStep.BarAccess(++micros, "guest", false, BAR, register, size, value));
    }

    DriverTrace status(int value) {
        return write(DEVICE_STATUS, 1, value);
    }

    DriverTrace statusReads(int value) {
        return read(DEVICE_STATUS, 1, value);
    }

    DriverTrace reset() {
        return status(0).statusReads(0);
    }

    DriverTrace accept(long low, long high) {
        write(DEVICE_FEATURE_SELECT, 4, 0).read(DEVICE_FEATURE, 4, 0x3000_0000);
        write(DEVICE_FEATURE_SELECT, 4, 1).read(DEVICE_FEATURE, 4, 0x101);
        write(DRIVER_FEATURE_SELECT, 4, 0).write(DRIVER_FEATURE, 4, low);
        return write(DRIVER_FEATURE_SELECT, 4, 1).write(DRIVER_FEATURE, 4, high);
    }

    /** Reset, ACKNOWLEDGE, DRIVER, VERSION_1, FEATURES_OK. */
    DriverTrace negotiate() {
        return reset().status(1).status(3).accept(0, 1).status(11).statusReads(11);
    }

    DriverTrace queue(int index) {
        return queue(index, 0x1_0000L + 0x4000L * index);
    }

    DriverTrace queue(int index, long rings) {
        write(QUEUE_SELECT, 2, index).read(QUEUE_SIZE, 2, 64);
        write(QUEUE_DESC, 4, rings).write(QUEUE_DESC + 4, 4, 0);
        write(QUEUE_DRIVER, 4, rings + 0x1000).write(QUEUE_DRIVER + 4, 4, 0);
        write(QUEUE_DEVICE, 4, rings + 0x2000).write(QUEUE_DEVICE + 4, 4, 0);
        return write(QUEUE_MSIX_VECTOR, 2, 1).read(QUEUE_MSIX_VECTOR, 2, 1).write(QUEUE_ENABLE, 2, 1);
    }

    DriverTrace config() {
        return read(DEVICE, 4, 0).read(DEVICE + 4, 4, 2).read(DEVICE + 8, 4, 0);
    }

    DriverTrace readControls() {
        return read(DEVICE + 12, 4, 0);
    }

    /** All up to DRIVER_OK, event buffers, configuration and PCM_INFO. */
    DriverTrace setUp() {
        negotiate()
                .queue(CONTROL)
                .queue(EVENT)
                .queue(TX)
                .queue(RX)
                .status(15)
                .events()
                .config();
        return pcmInfo();
    }

    DriverTrace events() {
        return send(EVENT, "", 8).notify(EVENT);
    }

    DriverTrace pcmInfo() {
        String request = "00010000" + "00000000" + "02000000" + "20000000";
        return control(request, OK + String.format(INFO, 0) + String.format(INFO, 1), 4, 64);
    }

    DriverTrace notify(int queue) {
        return write(NOTIFY + 4 * queue, 2, queue);
    }

    /** A chain becomes available: readable bytes in hexadecimal, and writable descriptors of these lengths. */
    DriverTrace send(int queue, String readable, int... writable) {
        List<TraceDescriptor> chain = new ArrayList<>();
        for (String part : readable.isEmpty() ? new String[0] : readable.split("\\|")) {
            chain.add(descriptor(part.length() / 2, 0, new TraceContent.Hex(part)));
        }
        for (int length : writable) {
            chain.add(descriptor(length, TraceDescriptor.WRITE, TraceContent.NONE));
        }
        return send(queue, chain);
    }

    TraceDescriptor descriptor(int length, int flags, TraceContent content) {
        address += 0x1000;
        return new TraceDescriptor(0, address, length, flags, content);
    }

    DriverTrace send(int queue, List<TraceDescriptor> chain) {
        int head = heads[queue]++;
        return add(new TraceStep.Avail(++micros, "guest", queue, head + 1, 0, head, Optional.empty(), chain));
    }

    /** The chain that was sent so many before the last comes back with these bytes. */
    DriverTrace back(int queue, int before, String written) {
        int head = heads[queue] - 1 - before;
        TraceDescriptor all = descriptor(written.length() / 2, TraceDescriptor.WRITE, new TraceContent.Hex(written));
        return add(new TraceStep.Used(++micros, "guest", queue, head + 1, head, all.length(), List.of(all)));
    }

    DriverTrace control(String request, String reply, int... writable) {
        return send(CONTROL, request, writable).notify(CONTROL).back(CONTROL, 0, reply);
    }

    DriverTrace command(int code, int stream, String reply) {
        return control(hex32(code) + hex32(stream), reply, 4);
    }

    DriverTrace setParams(int stream, int buffer, int period, String channelsFormatRatePadding) {
        return control(
                hex32(0x101) + hex32(stream) + hex32(buffer) + hex32(period) + hex32(0) + channelsFormatRatePadding,
                OK,
                4);
    }

    /** S16 stereo at 48000 Hz. */
    DriverTrace setParams(int stream, int buffer, int period) {
        return setParams(stream, buffer, period, "02050700");
    }

    DriverTrace prepare(int stream) {
        return command(0x102, stream, OK);
    }

    DriverTrace release(int stream) {
        return command(0x103, stream, OK);
    }

    DriverTrace start(int stream) {
        return command(0x104, stream, OK);
    }

    DriverTrace stop(int stream) {
        return command(0x105, stream, OK);
    }

    /** Buffer and period set, prepared. */
    DriverTrace open(int stream, int buffer, int period) {
        return setParams(stream, buffer, period).prepare(stream);
    }

    /** A message of stream 0 with so many bytes of sound. */
    DriverTrace play(int bytes) {
        return send(TX, hex32(0) + "|" + "11".repeat(bytes), 8).notify(TX);
    }

    /** A message of stream 1 for so many bytes of sound. */
    DriverTrace record(int bytes) {
        return send(RX, hex32(1), bytes, 8).notify(RX);
    }

    DriverTrace played(int before) {
        return back(TX, before, OK + "00000000");
    }

    DriverTrace recorded(int before, int bytes) {
        return back(RX, before, "22".repeat(bytes) + OK + "00000000");
    }

    static String hex32(int value) {
        return String.format("%08x", Integer.reverseBytes(value));
    }
}
