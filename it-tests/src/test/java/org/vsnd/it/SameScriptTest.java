// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.TraceStep;

@DisplayName("The same script over a copying host, flat memory and mapped memory behind a vfio-user socket")
class SameScriptTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int MESSAGES = 8;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 480 * MESSAGES);
    private static final String FEATURES = "packed,in-order,notification-data,suspend";
    private static final long ISR = 0x1000;
    private static final int STRUCTURES_BAR = 4;

    /** What a driver does, and keeps of it. */
    private interface Script {
        void run(SoundDriver driver, List<String> kept);
    }

    /**
     * What does not depend on when a driver looks.
     *
     * @param registers every register read with its value, but for the ISR, whose reads are as many as interrupts
     * @param used the used rings in the end, in words
     * @param sound what was heard, silence left out, and what was recorded
     */
    private record Seen(List<String> registers, List<String> used, List<String> sound) {}

    private static Seen seen(HostKind kind, String vectors, DriverStyle style, Script script) {
        Map<String, String> options = kind.isVhost()
                ? Map.of("virtio", FEATURES.replace(",suspend", ""))
                : Map.of("msix", vectors, "virtio", FEATURES);
        try (Machine machine = kind.open(options)) {
            WitnessBus witness = new WitnessBus(machine.bus());
            SoundDriver driver = SoundDriver.start(witness, style);
            long wanted =
                    style.features() & ~(kind.isVhost() ? Features.RING_RESET : 0); // which is the monitor's there
            assertThat(driver.pci().features() & wanted).isEqualTo(wanted);
            List<String> sound = new ArrayList<>();
            script.run(driver, sound);
            List<String> used = new ArrayList<>();
            for (int queue : new int[] {SndWire.CONTROL_QUEUE, SndWire.TX_QUEUE, SndWire.RX_QUEUE}) {
                boolean packed = (driver.pci().features() & Features.RING_PACKED) != 0;
                used.add(packed ? packedRing(driver, queue) : usedRing(driver, queue));
            }
            sound.add(checksum(machine.tape().sink().withoutSilence()));
            return new Seen(registers(witness.accesses()), used, sound);
        }
    }

    private static List<String> registers(List<TraceStep> accesses) {
        List<String> reads = new ArrayList<>();
        for (TraceStep step : accesses) {
            if (step instanceof TraceStep.ConfigAccess config && !config.write()) {
                reads.add(String.format("config 0x%x %d: 0x%x", config.offset(), config.size(), config.value()));
            } else if (step instanceof TraceStep.BarAccess bar && !bar.write() && !isIsr(bar)) {
                reads.add(String.format("BAR %d 0x%x %d: 0x%x", bar.bar(), bar.offset(), bar.size(), bar.value()));
            }
        }
        return reads;
    }

    private static boolean isIsr(TraceStep.BarAccess access) {
        return access.bar() == STRUCTURES_BAR && access.offset() == ISR;
    }

    /** VIRTIO 1.4 section 2.7.8, without the flags and the event index, which are hints of the moment. */
    private static String usedRing(SoundDriver driver, int index) {
        DriverQueue queue = driver.pci().queue(index);
        int idx = driver.bus().ram().get16(queue.usedAddress() + 2);
        StringBuilder words = new StringBuilder("queue " + index + ", idx " + idx + ":");
        for (int i = 0; i < queue.size(); i++) {
            long element = queue.usedAddress() + 4 + 8L * i;
            words.append(' ').append(driver.bus().ram().get32(element));
            words.append('/').append(driver.bus().ram().get32(element + 4));
        }
        return words.toString();
    }

    /** VIRTIO 1.4 section 2.8.13: length, buffer ID and flags of each descriptor. */
    private static String packedRing(SoundDriver driver, int index) {
        DriverQueue queue = driver.pci().queue(index);
        StringBuilder words = new StringBuilder("queue " + index + ":");
        for (int i = 0; i < queue.size(); i++) {
            long descriptor = queue.descAddress() + 16L * i;
            words.append(' ').append(driver.bus().ram().get32(descriptor + 8));
            words.append('/').append(driver.bus().ram().get32(descriptor + 12));
        }
        return words.toString();
    }

    private static String checksum(byte[] bytes) {
        return bytes.length + " bytes, " + Arrays.hashCode(bytes);
    }

    /** Messages of one direction, all handed over before START and each waited for. */
    private static void transfer(SoundDriver driver, boolean output, List<String> kept) {
        int stream = driver.firstStream(output);
        driver.open(stream, SETUP);
        List<SoundMessage> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            SoundMessage message = driver.message(stream, output, SETUP.periodBytes());
            if (output) {
                BytePattern.write(
                        driver.bus().ram(),
                        message.data(),
                        message.dataBytes(),
                        stream,
                        (long) i * SETUP.periodBytes());
            }
            driver.submit(message);
            messages.add(message);
        }
        driver.commandOk(SndWire.R_PCM_START, stream);
        for (SoundMessage message : messages) {
            driver.awaitBack(message, SECOND);
            byte[] data = driver.bus().ram().read(message.data(), message.dataBytes());
            kept.add(message.status() + ", " + message.usedLength() + ", " + checksum(data));
        }
        driver.commandOk(SndWire.R_PCM_STOP, stream);
        driver.commandOk(SndWire.R_PCM_RELEASE, stream);
    }

    private static void linux(SoundDriver driver, List<String> kept) {
        transfer(driver, true, kept);
        transfer(driver, false, kept);
    }

    private static void haiku(SoundDriver driver, List<String> kept) {
        DuplexExchange exchange = new DuplexExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
        exchange.start();
        exchange.exchanges(2, 0);
        exchange.stop();
        kept.add(checksum(exchange.recorded()));
    }

    private static void assertSame(String vectors, DriverStyle style, Script script) {
        Seen copied = seen(HostKind.REFERENCE_MSI, vectors, style, script);
        assertThat(copied.registers()).hasSizeGreaterThan(50);
        assertThat(copied.sound()).noneMatch(words -> words.startsWith("0 bytes"));
        assertThat(seen(HostKind.IN_PROCESS, vectors, style, script)).isEqualTo(copied);
        assertThat(seen(HostKind.VFIO_QEMU, vectors, style, script)).isEqualTo(copied);
        assertThat(seen(HostKind.VFIO_CLOUD_HYPERVISOR, vectors, style, script)).isEqualTo(copied);
        if (vectors.equals("0")) {
            assertThat(seen(HostKind.REFERENCE, vectors, style, script)).isEqualTo(copied);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    @DisplayName("has the same register reads, used rings and sound: Linux")
    void linuxSeesTheSame(String vectors) {
        assertSame(vectors, DriverStyle.LINUX, SameScriptTest::linux);
        assertSame(vectors, DriverStyle.PLAIN, SameScriptTest::linux);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    @Tag("VQ-20")
    @DisplayName("has the same register reads, rings and sound: Linux with packed rings")
    void linuxSeesTheSameInPackedRings(String vectors) {
        assertSame(vectors, DriverStyle.LINUX.withFeatures(Features.RING_PACKED), SameScriptTest::linux);
        assertSame(
                vectors,
                DriverStyle.PLAIN.withFeatures(Features.RING_PACKED | Features.NOTIFICATION_DATA),
                SameScriptTest::linux);
    }

    @Test
    @Tag("PCI-13")
    @Tag("VQ-14")
    @Tag("VQ-26")
    @DisplayName(
            "gives the same sound over split and packed rings, direct and indirect, with event index and without, in order"
                    + " and not, also over vhost-user")
    void soundIsTheSameOverEveryRing() {
        List<String> sound = seen(HostKind.IN_PROCESS, "2", DriverStyle.LINUX, SameScriptTest::linux)
                .sound();
        assertThat(sound).hasSizeGreaterThan(2 * MESSAGES);
        for (int i = 0; i < 1 << 4; i++) {
            boolean ordered = (i & 2) != 0;
            long features = ((i & 1) != 0 ? Features.RING_PACKED : 0)
                    | (ordered ? Features.IN_ORDER | Features.NOTIFICATION_DATA : 0);
            DriverStyle style = ordered ? DriverStyle.LINUX : DriverStyle.PLAIN;
            style = style.withRing((i & 4) != 0, (i & 8) != 0).withFeatures(features);
            HostKind vhost = (i & 1) != 0 == ordered ? HostKind.VHOST_QEMU : HostKind.VHOST_RUST_VMM;
            for (HostKind kind : List.of(HostKind.IN_PROCESS, vhost)) {
                assertThat(seen(kind, "2", style, SameScriptTest::linux).sound())
                        .as(kind + " " + style)
                        .isEqualTo(sound);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    @DisplayName("has the same register reads, used rings and sound: Haiku")
    void haikuSeesTheSame(String vectors) {
        assertSame(vectors, DriverStyle.HAIKU, SameScriptTest::haiku);
    }
}
