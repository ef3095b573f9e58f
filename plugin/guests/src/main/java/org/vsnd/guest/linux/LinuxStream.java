// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.linux;

import java.util.function.LongSupplier;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;

/**
 * A substream of Linux 6.12 with its three parts that run at different times: the driver's interrupt handler, the work item
 * that tells ALSA of elapsed periods, and the thread of an application that writes or reads period by period. Whoever
 * holds this decides when each of them runs. Counted in periods; positions come from the driver modulo its buffer, as there.
 *
 * <p>What ALSA would do with the samples is left out, and so is the wrap of its own counters.
 */
public final class LinuxStream {
    /** What ALSA calls the state of the substream. */
    public enum State {
        /** Before START. */
        PREPARED,
        /** It runs. */
        RUNNING,
        /** Everything was written and is being played. */
        DRAINING,
        /** The application was too late, as ALSA sees it. */
        XRUN,
        /** It has ended. */
        SETUP
    }

    private static final long NANOS_PER_JIFFY = 4_000_000; // HZ=250, as Debian's
    private static final long PATIENCE_JIFFIES = 100_000_000 / NANOS_PER_JIFFY;

    private final SoundDriver driver;
    private final int stream;
    private final boolean output;
    private final StreamSetup setup;
    private final LongSupplier guestNanos;
    private final int periods;
    private final long bufferJiffies;
    private final SoundMessage[] messages;

    // The driver's.
    private int hwPtr;
    private int messagesWithDevice;
    private boolean transfers;
    private boolean workScheduled;

    // ALSA's helper for drivers that copy ("indirect").
    private int hwIo;
    private int swIo;
    private int hwReady;
    private int swReady;
    private int hwData;
    private long applicationSeen;

    // ALSA's.
    private State state = State.SETUP;
    private long applicationPtr;
    private long alsaPtr;
    private long alsaBase;
    private long alsaInterrupt;
    private long alsaJiffies;

    // The application's.
    private long periodsLeft;
    private boolean inCall;
    private boolean sleeping;
    private boolean woken;
    private long sleepingSince;

    private long completions;
    private long xruns;
    private long errors;
    private long looks;

    /**
     * A stream that is the only one its driver has.
     *
     * @param guestNanos the guest's clock, which may stand still while the device's does not
     */
    public LinuxStream(SoundDriver driver, int stream, boolean output, StreamSetup setup, LongSupplier guestNanos) {
        this.driver = driver;
        this.stream = stream;
        this.output = output;
        this.setup = setup;
        this.guestNanos = guestNanos;
        periods = setup.periods();
        bufferJiffies = setup.nanosOf(setup.bufferFrames()) / NANOS_PER_JIFFY;
        messages = new SoundMessage[periods];
        for (int i = 0; i < periods; i++) {
            messages[i] = driver.message(stream, output, setup.periodBytes());
        }
        driver.onCompletion(this::messageComplete);
    }

    /**
     * The application opens the stream and begins.
     *
     * @param count periods until it drains or stops
     */
    public void open(long count) {
        periodsLeft = count;
        driver.open(stream, setup);
        begin();
    }

    /** The application closes the stream. */
    public void close() {
        if (state == State.RUNNING || state == State.DRAINING) {
            end(State.SETUP);
        }
        release();
        workScheduled = false;
    }

    private void begin() {
        hwPtr = 0;
        hwIo = 0;
        swIo = 0;
        hwReady = 0;
        swReady = 0;
        hwData = 0;
        applicationSeen = 0;
        applicationPtr = 0;
        alsaPtr = 0;
        alsaBase = 0;
        alsaInterrupt = 0;
        alsaJiffies = jiffies();
        inCall = false;
        sleeping = false;
        woken = false;
        state = State.PREPARED;
        if (output) {
            while (applicationPtr < periods && periodsLeft > 0) {
                applicationMoves();
            }
        } else {
            for (int i = 0; i < periods; i++) {
                send(i);
            }
        }
        transfers = true;
        driver.commandOk(SndWire.R_PCM_START, stream);
        state = State.RUNNING;
    }

    /** Whether an interrupt waits for the handler. */
    public boolean interruptPending() {
        return driver.pci().queue(output ? SndWire.TX_QUEUE : SndWire.RX_QUEUE).hasUsed();
    }

    /** Messages that the device has completed, modulo 2^16, whether the handler has seen them or not. */
    public int usedIndex() {
        DriverQueue queue = driver.pci().queue(output ? SndWire.TX_QUEUE : SndWire.RX_QUEUE);
        return driver.bus().ram().get16(queue.usedAddress() + 2);
    }

    /** The interrupt handler: takes what is used, and schedules work. */
    public void interruptHandler() {
        driver.serviceInterrupts();
    }

    private void messageComplete(SoundMessage message) {
        if (message.isOutput() != output) {
            throw new DeviceFaultException("a message of another stream came back");
        }
        hwPtr = (hwPtr + 1) % periods;
        messagesWithDevice--;
        completions++;
        if (transfers) {
            workScheduled = true;
        }
    }

    /** The work item, if it is scheduled: ALSA looks at the position, and wakes the application. */
    public void workItem() {
        if (workScheduled) {
            workScheduled = false;
            if (state == State.RUNNING || state == State.DRAINING) {
                look(true);
            }
        }
    }

    /** The application's thread, until it sleeps. */
    public void application() {
        if (state == State.XRUN) {
            release();
            driver.commandOk(SndWire.R_PCM_PREPARE, stream);
            begin();
            return;
        }
        if (sleeping) {
            boolean patient = jiffies() - sleepingSince < PATIENCE_JIFFIES;
            if (!woken && patient) {
                return;
            }
            sleeping = false;
            if (!woken) {
                errors++;
                inCall = false;
                if (state == State.DRAINING) {
                    end(State.SETUP);
                }
            }
            woken = false;
        }
        transferUntilItSleeps();
    }

    private void transferUntilItSleeps() {
        while (state == State.RUNNING) {
            if (periodsLeft == 0) {
                state = output ? State.DRAINING : state;
                break;
            }
            if (!inCall) {
                inCall = true;
                look(false); // as every call does, but only at its beginning
                continue;
            }
            if (available() == 0) {
                break;
            }
            applicationMoves();
            inCall = false;
        }
        if (state == State.RUNNING || state == State.DRAINING) {
            sleeping = true;
            sleepingSince = jiffies();
        }
    }

    private void applicationMoves() {
        applicationPtr++;
        periodsLeft--;
        acknowledge();
    }

    private long available() {
        return output ? alsaPtr + periods - applicationPtr : alsaPtr - applicationPtr;
    }

    /** The driver is asked for its position, modulo the buffer. */
    private int pointer() {
        int done = (hwPtr - hwIo + periods) % periods;
        if (done > 0) {
            looks++;
        }
        hwIo = hwPtr;
        hwReady += output ? -done : done;
        swIo = (swIo + done) % periods;
        acknowledge();
        return swIo;
    }

    /** The driver is told of the application's position, and sends the messages that it may. */
    private void acknowledge() {
        int moved = (int) (applicationPtr - applicationSeen);
        applicationSeen = applicationPtr;
        if (output) {
            swReady += moved;
            while (hwReady < periods && swReady > 0) {
                sendNext();
                hwReady++;
                swReady--;
            }
        } else {
            swReady -= moved;
            while (hwReady > 0 && swReady < periods) {
                sendNext();
                hwReady--;
                swReady++;
            }
        }
    }

    private void sendNext() {
        send(hwData);
        hwData = (hwData + 1) % periods;
    }

    private void send(int index) {
        messagesWithDevice++;
        driver.submit(messages[index]);
    }

    private void look(boolean inInterrupt) {
        int position = pointer();
        long nowJiffies = jiffies();
        long base = alsaBase;
        long pointer = base + position;
        boolean wrapped = false;
        if (inInterrupt && alsaInterrupt + 1 > pointer && nowJiffies - alsaJiffies > bufferJiffies / 2 + 1) {
            base += periods; // only the time tells that a whole buffer is done
            pointer = base + position;
            wrapped = true;
        }
        if (!wrapped && pointer < alsaPtr) {
            base += periods;
            pointer = base + position;
        }
        if (pointer - alsaPtr >= periods + 1) {
            return;
        }
        alsaJiffies = nowJiffies;
        if (pointer == alsaPtr) {
            return;
        }
        if (inInterrupt) {
            alsaInterrupt = pointer;
        }
        alsaBase = base;
        alsaPtr = pointer;
        if (state == State.DRAINING && available() >= periods) {
            end(State.SETUP);
        } else if (available() >= periods) {
            xruns++;
            end(State.XRUN);
        } else if (available() > 0) {
            woken = true;
        }
    }

    private void end(State to) {
        state = to;
        transfers = false;
        driver.commandOk(SndWire.R_PCM_STOP, stream);
        woken = true;
    }

    private void release() {
        driver.commandOk(SndWire.R_PCM_RELEASE, stream);
        driver.poll();
        if (messagesWithDevice != 0) {
            throw new DeviceFaultException(messagesWithDevice + " messages did not come back at RELEASE");
        }
    }

    private long jiffies() {
        return guestNanos.getAsLong() / NANOS_PER_JIFFY;
    }

    /** Where it stands. */
    public State state() {
        return state;
    }

    /** Messages that came back so far. */
    public long completions() {
        return completions;
    }

    /** Times that ALSA saw that something was done. */
    public long looks() {
        return looks;
    }

    /** Times that ALSA saw the application too late. */
    public long xruns() {
        return xruns;
    }

    /** Times that the application got an I/O error, having waited for too long. */
    public long errors() {
        return errors;
    }
}
