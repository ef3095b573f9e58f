// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioBackend;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.VirtioSoundPlugin;

@DisplayName("A greedy guest")
class GreedyGuestTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MIB = 1 << 20;
    /** What docs/security.md promises for the sound of one card. */
    private static final long SOUND_BYTES_MAX = 80 * MIB;

    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    /** The largest buffer there may be, of two periods. */
    private static final StreamSetup LARGEST = StreamSetup.s16At48k(2 << 20, 4 << 20);

    /** A card of its own, with the slow host's audio. */
    private static VirtualBus greedy(AudioBackend audio, Map<String, String> options) throws Exception {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, VirtualMachine.RAM_BYTES), new InterruptLog(2048, false));
        return new VirtualBus(host, new VirtioSoundPlugin().create(host, options, audio));
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Whether it comes true within some seconds by the wall clock. */
    private static boolean comesTrue(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        return condition.getAsBoolean();
    }

    /** The card beside it, in the same process, plays to the last byte. */
    private static final class Neighbour implements AutoCloseable {
        private final VirtualMachine machine = VirtualMachine.guarded();
        private final PeriodStream stream = new PeriodStream(machine.driver(DriverStyle.LINUX), 0, true, SETUP);
        private int played;

        Neighbour() {
            stream.start();
            plays();
        }

        void plays() {
            played += 20;
            stream.runUntil(played, SECOND);
        }

        @Override
        public void close() {
            plays();
            assertThat(machine.tape().sink().tape()).startsWith(BytePattern.bytes(0, 0, played * SETUP.periodBytes()));
            machine.close();
        }
    }

    @Test
    @DisplayName("gets so many large buffers as its card has memory for, then an error, and what it has goes on")
    void getsNoMoreMemoryThanItsCardHas() throws Exception {
        try (Neighbour neighbour = new Neighbour();
                SlowHostAudio audio = SlowHostAudio.opensAfter(0);
                VirtualBus bus = greedy(audio, Map.of("outputs", "16"))) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.PLAIN);
            long before = directBytes();
            List<Integer> statuses = new ArrayList<>();
            for (int stream = 0; stream < 16; stream++) {
                assertThat(driver.setParams(stream, LARGEST)).isEqualTo(SndWire.S_OK);
                statuses.add(driver.command(SndWire.R_PCM_PREPARE, stream));
                neighbour.plays();
            }
            assertThat(statuses).startsWith(SndWire.S_OK, SndWire.S_OK, SndWire.S_OK);
            assertThat(statuses).endsWith(SndWire.S_IO_ERR);
            assertThat(directBytes() - before).isLessThan(SOUND_BYTES_MAX);

            driver.commandOk(SndWire.R_PCM_START, 0);
            assertThat(driver.command(SndWire.R_PCM_START, 15))
                    .as("not prepared")
                    .isEqualTo(SndWire.S_BAD_MSG);
            PeriodStream playing = new PeriodStream(driver, 0, true, SETUP);
            playing.fill();
            playing.runUntil(4, SECOND);

            driver.commandOk(SndWire.R_PCM_STOP, 0);
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            assertThat(comesTrue(() -> driver.command(SndWire.R_PCM_PREPARE, 15) == SndWire.S_OK))
                    .as("the memory of a stream that was released and has played out is another one's")
                    .isTrue();
        }
    }

    @Test
    @DisplayName("gets nothing more by asking again and again before a slow host has opened its device")
    void getsNothingMoreByAskingAgain() throws Exception {
        try (Neighbour neighbour = new Neighbour();
                SlowHostAudio audio = SlowHostAudio.opensAfter(10);
                VirtualBus bus = greedy(audio, Map.of())) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.PLAIN);
            long before = directBytes();
            for (int i = 0; i < 15; i++) {
                assertThat(driver.setParams(0, LARGEST)).isEqualTo(SndWire.S_OK);
                driver.command(SndWire.R_PCM_PREPARE, 0);
                driver.command(SndWire.R_PCM_RELEASE, 0);
                assertThat(comesTrue(() -> audioThreads() == 0)).isTrue();
            }
            assertThat(directBytes() - before).isLessThan(SOUND_BYTES_MAX);
            neighbour.plays();

            assertThat(comesTrue(() -> driver.setParams(0, SETUP) == SndWire.S_OK
                            && driver.command(SndWire.R_PCM_PREPARE, 0) == SndWire.S_OK))
                    .isTrue();
        }
    }

    @Test
    @DisplayName(
            "makes no more threads wait for a host that hangs than its card may have, and is heard when it answers")
    @Tag("SND-19")
    @Tag("SND-58")
    void makesFewThreadsWait() throws Exception {
        try (Neighbour neighbour = new Neighbour();
                SlowHostAudio audio = SlowHostAudio.hangs();
                VirtualBus bus = greedy(audio, Map.of())) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.PLAIN);
            for (int i = 0; i < 60; i++) {
                driver.open(0, SETUP);
                assertThat(comesTrue(() -> waiting() > 0)).isTrue();
                driver.commandOk(SndWire.R_PCM_RELEASE, 0);
                assertThat(comesTrue(() -> audioThreads() == 0)).isTrue();
            }
            assertThat(waiting()).isLessThanOrEqualTo(16);
            neighbour.plays();

            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            audio.answer();
            assertThat(comesTrue(() -> {
                        stream.runUntil(stream.completions() + 1, SECOND);
                        return audio.heardBytes() > 0;
                    }))
                    .isTrue();
            stream.stop();
            stream.release();
        }
    }

    @Test
    @DisplayName("is not what one is taken for that changes the format of eight streams again and again")
    void honestGuestsAreNotRefused() throws Exception {
        try (SlowHostAudio audio = SlowHostAudio.opensAfter(0);
                VirtualBus bus = greedy(audio, Map.of("outputs", "8", "inputs", "8"))) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.PLAIN);
            for (int format : new int[] {SndWire.FMT_S16, SndWire.FMT_S32, SndWire.FMT_FLOAT, SndWire.FMT_S16}) {
                for (int stream = 0; stream < 16; stream++) {
                    driver.open(stream, new StreamSetup(format, SndWire.RATE_48000, 2, 3840, 7680));
                    driver.commandOk(SndWire.R_PCM_START, stream);
                }
                for (int stream = 0; stream < 16; stream++) {
                    driver.commandOk(SndWire.R_PCM_STOP, stream);
                    driver.commandOk(SndWire.R_PCM_RELEASE, stream);
                }
            }
        }
    }

    private static long waiting() {
        return threads("vsnd-slow-open");
    }

    private static long audioThreads() {
        return threads("vsnd-audio-slow-play");
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    @ParameterizedTest
    @ValueSource(ints = {SndWire.TX_QUEUE, SndWire.RX_QUEUE})
    @DisplayName(
            "makes its card remember few descriptors though all its chains share a long tail, and makes no garbage of it")
    void chainsThatShareATail(int index) throws Exception {
        try (Neighbour neighbour = new Neighbour();
                VirtualMachine machine = VirtualMachine.open(Map.of())) {
            machine.tape().countOnly();
            boolean output = index == SndWire.TX_QUEUE;
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            int stream = driver.firstStream(output);
            long table = driver.pci().allocator().allocate(16 * 2048, 16);
            long data = driver.pci().allocator().allocate(4096, 16);
            long most = 0;
            for (int round = 0; round < 12; round++) {
                machine.bus().ram().put32(data, stream);
                writeTable(machine.bus().ram(), table, data, output);
                driver.open(stream, SETUP);
                machine.host().meter().restart();
                offer(driver, index, table);
                if (round >= 2) {
                    most = Math.max(most, machine.host().meter().bytes());
                }
                DriverQueue queue = driver.pci().queue(index);
                int used = machine.bus().ram().get16(queue.usedAddress() + 2);
                assertThat(used).as("refused at once").isBetween(200, 253);
                assertThat(machine.bus().ram().get32(data + 2048)).isEqualTo(SndWire.S_IO_ERR);
                driver.pci().reset();
                driver.start();
                neighbour.plays();
            }
            assertThat(most).as("bytes for 254 chains of 2048 descriptors").isLessThan(64 << 10);

            PeriodStream fresh = new PeriodStream(driver, stream, output, SETUP);
            fresh.start();
            fresh.runUntil(20, SECOND);
        }
    }

    /** A message: what the driver says first, then as many descriptors as there may be, one for each byte and the status. */
    private static void writeTable(GuestRam ram, long table, long data, boolean output) {
        for (int i = 0; i < 2048; i++) {
            boolean last = i == 2047;
            boolean writable = last || (i > 0 && !output);
            ram.put64(table + 16L * i, last ? data + 2048 : data + (i == 0 ? 0 : 4));
            ram.put32(table + 16L * i + 8, i == 0 ? 4 : last ? 8 : 1);
            ram.put16(table + 16L * i + 12, (last ? 0 : 1) | (writable ? 2 : 0));
            ram.put16(table + 16L * i + 14, i + 1);
        }
    }

    /** 254 heads, each of which is the table, and one notification. */
    private static void offer(SoundDriver driver, int index, long table) {
        GuestRam ram = driver.bus().ram();
        DriverQueue queue = driver.pci().queue(index);
        for (int head = 0; head < 254; head++) {
            ram.put64(queue.descAddress() + 16L * head, table);
            ram.put32(queue.descAddress() + 16L * head + 8, 16 * 2048);
            ram.put16(queue.descAddress() + 16L * head + 12, 4);
            ram.put16(queue.availAddress() + 4 + 2L * head, head);
        }
        ram.put16(queue.availAddress() + 2, 254);
        driver.pci().notifyQueue(index);
    }
}
