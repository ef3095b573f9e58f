// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.ControlReply;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.tape.TapeSink;

@DisplayName("The same driver over copied, flat and mapped memory")
class DifferentialTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Map<String, String> OPTIONS = Map.of("outputs", "2", "inputs", "2", "channels", "1-4");

    /** Everything a driver can see that does not depend on when it looks. */
    private static List<String> run(HostKind kind, long seed) {
        List<String> seen = new ArrayList<>();
        try (Machine machine = kind.open(OPTIONS)) {
            Random random = new Random(seed);
            SoundDriver driver = machine.driver(seed % 2 == 0 ? DriverStyle.LINUX : DriverStyle.PLAIN);
            for (int i = 0; i < 300; i++) {
                seen.add(control(driver, random));
            }
            for (int i = 0; i < 60; i++) {
                SoundMessage message =
                        driver.message(random.nextInt(8) - 2, random.nextBoolean(), random.nextInt(5000));
                driver.start(); // no stream is prepared: every message is answered at once
                driver.submit(message);
                driver.awaitBack(message, 2 * SECOND);
                seen.add(message.status() + " " + message.latencyBytes() + " " + message.usedLength());
                driver.free(message);
            }
            driver.start();
            int sinks = machine.tape().sinks().size();
            StreamSetup setup = new StreamSetup(random.nextBoolean() ? 5 : 17, 7, 1 + random.nextInt(4), 240, 960);
            PeriodStream stream = new PeriodStream(driver, random.nextInt(2), true, setup);
            stream.limitBytes(12L * setup.periodBytes());
            stream.start();
            stream.runUntil(12, 5 * SECOND);
            stream.stop();
            stream.release();
            TapeSink sink = machine.tape().sinks().get(sinks);
            seen.add(Arrays.hashCode(sink.withoutSilence()) + " of " + sink.withoutSilence().length);
        }
        return seen;
    }

    private static String control(SoundDriver driver, Random random) {
        int[] codes = {1, 0x100, 0x101, 0x101, 0x101, 0x102, 0x102, 0x103, 0x104, 0x105, 0x200, 0x301, 7};
        ByteBuffer request = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        request.putInt(codes[random.nextInt(codes.length)]).putInt(random.nextInt(5));
        request.putInt(1024 * random.nextInt(4))
                .putInt(1024 * random.nextInt(3))
                .putInt(random.nextInt(9) / 8);
        request.put((byte) random.nextInt(5)).put((byte) (random.nextBoolean() ? 5 : random.nextInt(30)));
        request.put((byte) (random.nextBoolean() ? 7 : random.nextInt(20)));
        byte[] bytes = Arrays.copyOf(request.array(), random.nextInt(10) == 0 ? 1 + random.nextInt(28) : 28);
        ControlReply reply = driver.control(bytes, 1 + random.nextInt(150));
        return reply.usedLength() + " " + Integer.toHexString(reply.status()) + " "
                + Arrays.hashCode(reply.bytes().array());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("sees the same answers and is heard the same")
    void seesTheSame(long seed) {
        List<String> flat = run(HostKind.IN_PROCESS, seed);
        assertThat(flat).hasSize(361);
        assertThat(flat.get(360)).doesNotContain("of 0");
        assertThat(run(HostKind.VFIO_QEMU, seed)).isEqualTo(flat);
        assertThat(run(HostKind.VFIO_CLOUD_HYPERVISOR, seed)).isEqualTo(flat);
        assertThat(run(HostKind.IN_PROCESS_INTX, seed)).isEqualTo(flat);
        assertThat(run(HostKind.IN_PROCESS_RECORDED, seed)).isEqualTo(flat);
        assertThat(run(HostKind.REFERENCE, seed)).isEqualTo(flat);
        assertThat(run(HostKind.REFERENCE_MSI, seed)).isEqualTo(flat);
    }
}
