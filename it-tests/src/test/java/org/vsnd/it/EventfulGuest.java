// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;

/**
 * A guest that does what guests do, one thing after the other, and knows what it did: full duplex, a pause with a START
 * without PREPARE, RELEASE with messages pending, several chains with one notification, messages of 64 KiB, a reset of a
 * queue and of the device.
 */
final class EventfulGuest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final int OUTPUT = 0;
    private static final int INPUT = 1;

    private final VirtualMachine machine;
    private final WitnessBus bus;
    private final SoundDriver driver;
    private final ByteArrayOutputStream played = new ByteArrayOutputStream();
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private final List<String> playedBack = new ArrayList<>();
    private final List<String> recordedBack = new ArrayList<>();
    private final List<Long> backNanos = new ArrayList<>();

    /** Plugged in, started, and idle. */
    EventfulGuest(VirtualMachine machine, DriverStyle style) {
        this.machine = machine;
        bus = new WitnessBus(machine.bus());
        driver = SoundDriver.start(bus, style);
        driver.onCompletion(this::back);
    }

    private void back(SoundMessage message) {
        (message.isOutput() ? playedBack : recordedBack)
                .add(comesBack(message.usedLength(), message.status(), message.latencyBytes()));
        backNanos.add(message.completedNanos());
        int dataBytes = message.usedLength() - SndWire.STATUS_BYTES;
        if (!message.isOutput() && dataBytes > 0) {
            recorded.writeBytes(bus.ram().read(message.data(), dataBytes));
        }
    }

    /** How a message came back, in words that can be compared. */
    static String comesBack(long usedLength, int status, int latencyBytes) {
        return usedLength + " bytes, status " + Integer.toHexString(status) + ", latency " + latencyBytes;
    }

    /** Lives its life. */
    void run() {
        driver.pcmInfo();
        duplex();
        burst();
        exchange();
        if (driver.pci().style().uses(Features.RING_RESET)) {
            resetOfAQueue();
        }
        driver.start();
        duplex();
        driver.pci().reset();
    }

    private void duplex() {
        PeriodStream output = new PeriodStream(driver, OUTPUT, true, SETUP);
        PeriodStream input = new PeriodStream(driver, INPUT, false, SETUP);
        output.start();
        input.start();
        run(output, input, 20);
        output.stop();
        bus.pass(50 * MILLI);
        output.resume();
        run(output, input, 40);
        output.stop();
        output.release();
        input.stop();
        input.release();
        played.writeBytes(BytePattern.bytes(OUTPUT, 0, (int) output.bytesSent()));
    }

    private void run(PeriodStream output, PeriodStream input, int periods) {
        boolean done = driver.await(
                () -> {
                    output.collect();
                    input.collect();
                    return output.completions() >= periods && input.completions() >= periods;
                },
                SECOND);
        if (!done) {
            throw new AssertionError(output.completions() + " and " + input.completions() + " periods in a second");
        }
    }

    /** Six messages, one notification. */
    private void burst() {
        driver.open(OUTPUT, SETUP);
        driver.commandOk(SndWire.R_PCM_START, OUTPUT);
        SoundMessage last = null;
        for (int i = 0; i < 6; i++) {
            last = driver.message(OUTPUT, true, SETUP.periodBytes());
            byte[] content = BytePattern.bytes(9, (long) i * SETUP.periodBytes(), SETUP.periodBytes());
            bus.ram().write(last.data(), content);
            played.writeBytes(content);
            driver.submitQuietly(last);
        }
        driver.pci().kick(driver.pci().queue(SndWire.TX_QUEUE));
        driver.awaitBack(last, SECOND);
        driver.commandOk(SndWire.R_PCM_STOP, OUTPUT);
        driver.commandOk(SndWire.R_PCM_RELEASE, OUTPUT);
    }

    /** Haiku's: one message each way at a time, 64 KiB long. */
    private void exchange() {
        DuplexExchange exchange = new DuplexExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
        exchange.start();
        exchange.exchanges(3, 2 * MILLI);
        exchange.stop();
        played.writeBytes(BytePattern.bytes(exchange.output(), 0, (int) exchange.bytesSent()));
    }

    private void resetOfAQueue() {
        PeriodStream output = new PeriodStream(driver, OUTPUT, true, SETUP);
        output.start();
        output.runUntil(5, SECOND);
        driver.pci().resetQueue(SndWire.TX_QUEUE);
        driver.forgetPending(true);
        output.free();
        output.stop();
        driver.commandOk(SndWire.R_PCM_RELEASE, OUTPUT);
        played.writeBytes(BytePattern.bytes(OUTPUT, 0, (int) output.bytesSent()));
    }

    /** What it was plugged into. */
    VirtualMachine machine() {
        return machine;
    }

    /** Everything it read and wrote. */
    WitnessBus bus() {
        return bus;
    }

    /** Frames of all playback messages, in the order they were handed over. */
    byte[] played() {
        return played.toByteArray();
    }

    /** What was found in the record messages that had something in them. */
    byte[] recorded() {
        return recorded.toByteArray();
    }

    /** How playback messages came back. */
    List<String> playedBack() {
        return playedBack;
    }

    /** How record messages came back. */
    List<String> recordedBack() {
        return recordedBack;
    }

    /** When messages came back, both directions. */
    List<Long> backNanos() {
        return backNanos;
    }
}
