// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundEvents;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.linux.LinuxMixer;

/**
 * A guest that lives as its seed will have it: full duplex in all kinds of parameters, pauses, vectors masked and INTx off,
 * moments in which it stands still, knobs turned while it plays, messages for a stream that takes none, Haiku's exchange, bus
 * mastering lost in the middle of a message, resets. Of the features that are offered it selects some, and has now and then a
 * buffer for an event. A card that offers it other rings gets them in all combinations, and is suspended now and then.
 */
final class RandomGuest {
    private static final long MILLI = 1_000_000L;
    private static final long PATIENCE_NANOS = 1_000 * MILLI;
    private static final int RUNNING = VirtioPciCommonCfg.STATUS_ACKNOWLEDGE
            | VirtioPciCommonCfg.STATUS_DRIVER
            | VirtioPciCommonCfg.STATUS_DRIVER_OK
            | VirtioPciCommonCfg.STATUS_FEATURES_OK;
    private static final int LIVES = 4;
    private static final int SCENES = 10;
    private static final int[] FORMATS = {SndWire.FMT_S16, SndWire.FMT_S32, SndWire.FMT_FLOAT};
    private static final int[] RATES = {SndWire.RATE_44100, SndWire.RATE_48000, SndWire.RATE_48000};
    private static final List<DriverStyle> STYLES = List.of(
            DriverStyle.LINUX,
            DriverStyle.LINUX.withMsix(false),
            DriverStyle.LINUX.withRing(false, true),
            DriverStyle.LINUX.withRing(true, false).withQueueSize(64),
            DriverStyle.PLAIN,
            DriverStyle.PLAIN.withMsix(false),
            DriverStyle.HAIKU,
            DriverStyle.HAIKU.withMsix(false));

    private static final List<Long> RINGS = List.of(
            Features.RING_PACKED | Features.SUSPEND,
            Features.RING_PACKED | Features.IN_ORDER | Features.SUSPEND,
            Features.RING_PACKED | Features.NOTIFICATION_DATA,
            Features.IN_ORDER | Features.NOTIFICATION_DATA | Features.SUSPEND,
            Features.RING_PACKED | Features.IN_ORDER | Features.NOTIFICATION_DATA | Features.SUSPEND);
    private static final int NO_STREAM = 9;

    private final Bus bus;
    private final Random random;
    private final SoundDriver driver;
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private int input;
    private SoundEvents events;

    RandomGuest(Bus bus, long seed) {
        this.bus = bus;
        random = new Random(seed);
        driver = SoundDriver.start(bus, style(seed), Features.SND_CTLS);
        events = new SoundEvents(driver.pci());
        events.setPostsAgain(false);
    }

    private static DriverStyle style(long seed) {
        int rings = (int) (seed / STYLES.size() + seed) % RINGS.size();
        return STYLES.get((int) seed % STYLES.size()).withFeatures(RINGS.get(rings));
    }

    private boolean takes(long feature) {
        return (driver.pci().features() & feature) != 0;
    }

    /** What it has recorded. */
    byte[] recorded() {
        return recorded.toByteArray();
    }

    /** Lives. */
    void run() {
        for (int life = 0; life < LIVES; life++) {
            input = driver.firstStream(false);
            driver.select(driver.pcmInfo().get(0).features() & random.nextInt(32));
            if (life % 2 == 1) {
                exchange();
            }
            if (random.nextBoolean()) {
                storm();
            }
            duplex(life == LIVES - 1);
            takeEvents();
            driver.start();
            events = new SoundEvents(driver.pci());
            events.setPostsAgain(false);
        }
        driver.pci().reset();
    }

    private void takeEvents() {
        for (SoundEvents.Event event : events.take()) {
            recorded.write(event.code());
            recorded.write(event.data());
        }
    }

    private void exchange() {
        DuplexExchange exchange = new DuplexExchange(driver, SndWire.FMT_S16, RATES[random.nextInt(RATES.length)]);
        exchange.start();
        exchange.exchanges(3, random.nextInt(60) * MILLI);
        exchange.stop();
        recorded.writeBytes(exchange.recorded());
    }

    /** Messages for a stream that takes none, sent again whenever they come back; some are left. */
    private void storm() {
        List<SoundMessage> messages = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            SoundMessage message = driver.message(0, true, 4 * (100 + random.nextInt(1000)));
            driver.submit(message);
            messages.add(message);
        }
        driver.await(
                () -> {
                    driver.poll();
                    for (SoundMessage message : messages) {
                        if (!message.isPending()) {
                            driver.submit(message);
                        }
                    }
                    return false;
                },
                random.nextInt(300) * MILLI);
    }

    private void duplex(boolean losesBus) {
        PeriodStream output = new PeriodStream(driver, 0, true, setup());
        PeriodStream capture = new PeriodStream(driver, input, false, setup());
        capture.takesShort();
        output.start();
        capture.start();
        for (int scene = 0; scene < SCENES; scene++) {
            together(output, capture, 5 + random.nextInt(120));
            takeEvents();
            if (random.nextInt(4) == 0) {
                events.post(1);
            }
            switch (random.nextInt(6)) {
                case 0 -> pause(output);
                case 1 -> pause(capture);
                case 2 -> withoutInterrupts(output, capture);
                case 4 -> turnAKnob();
                case 3 -> bus.pass(random.nextInt(500) * MILLI); // it stands still
                default -> {}
            }
            if (takes(Features.IN_ORDER) && random.nextInt(3) == 0) {
                driver.submit(
                        driver.message(NO_STREAM, random.nextBoolean(), random.nextInt(100))); // waits for its turn
            }
            if (takes(Features.SUSPEND) && random.nextInt(3) == 0) {
                suspend(output, capture);
            }
        }
        if (losesBus) {
            int command = bus.readConfig(PciProbe.COMMAND, 2);
            bus.writeConfig(PciProbe.COMMAND, 2, command & ~PciProbe.COMMAND_BUS_MASTER);
            bus.pass(300 * MILLI);
            bus.writeConfig(PciProbe.COMMAND, 2, command);
            driver.pci().status();
        } else if (random.nextBoolean()) {
            for (PeriodStream stream : Arrays.asList(output, capture)) {
                stream.stop();
                stream.release();
            }
        }
        recorded.writeBytes(capture.recorded());
    }

    /** A change of volume is under way when the next scene begins. */
    private void turnAKnob() {
        if (!takes(Features.SND_CTLS)) {
            return;
        }
        LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
        List<LinuxMixer.Element> elements = mixer.probe();
        LinuxMixer.Element element = elements.get(random.nextInt(elements.size()));
        if (!element.items().isEmpty()) {
            mixer.put(element, random.nextInt(element.items().size()));
            return;
        }
        mixer.put(element, random.nextInt((int) element.max() + 1), element.max() - random.nextInt(2));
    }

    /** What it hands over while the card is about to be suspended stays in the rings until it goes on. */
    private void suspend(PeriodStream output, PeriodStream capture) {
        driver.pci().status(RUNNING | VirtioPciCommonCfg.STATUS_SUSPEND);
        driver.await(
                () -> {
                    output.collect();
                    capture.collect();
                    return driver.pci().status() != RUNNING;
                },
                PATIENCE_NANOS);
        int suspended = driver.pci().status();
        if (suspended != ((RUNNING & ~VirtioPciCommonCfg.STATUS_DRIVER_OK) | VirtioPciCommonCfg.STATUS_SUSPEND)) {
            throw new DeviceFaultException("the card is not suspended: status " + suspended);
        }
        bus.pass(random.nextInt(200) * MILLI);
        driver.pci().status(suspended | VirtioPciCommonCfg.STATUS_DRIVER_OK);
    }

    private StreamSetup setup() {
        int period = 220 + random.nextInt(1000);
        return new StreamSetup(
                FORMATS[random.nextInt(FORMATS.length)],
                RATES[random.nextInt(RATES.length)],
                1 + random.nextInt(2),
                period,
                period * (1 + random.nextInt(4)));
    }

    private void together(PeriodStream output, PeriodStream capture, int millis) {
        driver.await(
                () -> {
                    output.collect();
                    capture.collect();
                    return false;
                },
                millis * MILLI);
    }

    private void pause(PeriodStream stream) {
        stream.stop();
        bus.pass(random.nextInt(200) * MILLI);
        stream.resume();
    }

    /** A vector masked, or INTx off, while messages come back. */
    private void withoutInterrupts(PeriodStream output, PeriodStream capture) {
        boolean msix = driver.pci().vector(SndWire.TX_QUEUE) != 0xffff;
        int command = bus.readConfig(PciProbe.COMMAND, 2);
        if (msix) {
            driver.pci().maskVector(driver.pci().vector(SndWire.TX_QUEUE), true);
        } else {
            bus.writeConfig(PciProbe.COMMAND, 2, command | PciProbe.COMMAND_INTX_DISABLE);
        }
        together(output, capture, random.nextInt(60));
        if (msix) {
            driver.pci().isPending(driver.pci().vector(SndWire.TX_QUEUE));
            driver.pci().maskVector(driver.pci().vector(SndWire.TX_QUEUE), false);
        } else {
            bus.writeConfig(PciProbe.COMMAND, 2, command);
        }
    }
}
