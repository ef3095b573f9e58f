// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PCI-24, PCI-35: whatever a guest or a host's decoder does, nothing is thrown and the identity stays. */
class AccessSweepTest {
    private static final int[] SIZES = {1, 2, 4, 8};

    private static void sweepBar(TestDriver driver, int bar, long end, Random random) {
        for (int size : SIZES) {
            for (long offset = 0; offset < end; offset++) {
                driver.function.readBar(bar, offset, size);
                driver.function.writeBar(bar, offset, size, random.nextLong());
                if (random.nextInt(8) == 0) {
                    driver.function.writeBar(bar, offset, size, random.nextInt(16));
                }
            }
        }
    }

    private static void sweepConfig(TestDriver driver, Random random) {
        for (int size = 1; size <= 4; size *= 2) {
            for (int offset = 0; offset < 4096; offset++) {
                driver.function.readConfig(offset, size);
                driver.function.writeConfig(offset, size, random.nextInt());
            }
        }
    }

    private static void shake(TestDriver driver, Random random) {
        for (int i = 0; i < 20_000; i++) {
            int size = SIZES[random.nextInt(4)];
            long value = random.nextBoolean() ? random.nextInt(16) : random.nextLong();
            switch (random.nextInt(4)) {
                case 0 -> driver.function.writeConfig(random.nextInt(0x100), Math.min(size, 4), (int) value);
                case 1 -> driver.function.writeBar(4, random.nextInt(0x40), size, value);
                case 2 -> driver.function.writeBar(4, 0x3000 + random.nextInt(16), size, value);
                default -> driver.host.ram.put(random.nextInt(FakeHost.MEMORY_BYTES), (byte) value);
            }
            if (i % 100 == 0) {
                driver.enableBus().start(TestDriver.VERSION_1 | TestDriver.RING_RESET);
            }
        }
    }

    @ParameterizedTest
    @Tag("PCI-24")
    @Tag("PCI-35")
    @CsvSource({"1,0,false", "2,2,false", "3,2,true", "4,200,false"})
    void nothingIsThrownAndTheIdentityStays(long seed, int vectors, boolean hostMasks) {
        Random random = new Random(seed);
        TestDriver driver = new TestDriver(new FakeHost(2048, hostMasks), vectors);
        driver.device.recording = false;
        driver.host.interrupts.recording = false;
        for (int i = 0; i < FakeHost.MEMORY_BYTES; i++) {
            driver.host.ram.put(i, (byte) random.nextInt());
        }
        driver.enableBus().start(TestDriver.VERSION_1);
        for (int bar = 0; bar < 6; bar++) {
            sweepBar(driver, bar, 0x4010, random);
        }
        sweepConfig(driver, random);
        shake(driver, random);
        assertThat(driver.function.readConfig(0, 4)).isEqualTo(0x10591af4);
        assertThat(driver.function.readConfig(0x30, 4)).isZero();
        assertThat(driver.read(CommonCfg.NUM_QUEUES, 2)).isEqualTo(4);

        driver.function.reset();
        for (int queue = 0; queue < 4; queue++) {
            driver.clearRing(queue);
        }
        driver.enableBus().start(TestDriver.VERSION_1);
        driver.offer(3);
        driver.kick(3);
        assertThat(driver.usedIdx(3)).as("a reset heals everything").isEqualTo(1);
    }

    @ParameterizedTest
    @Tag("PCI-24")
    @CsvSource({"-1", "-9223372036854775808", "9223372036854775807", "4294967296", "16384"})
    void accessesOutsideEveryBarReadAsZero(long offset) {
        TestDriver driver = new TestDriver(2);
        for (int bar = -1; bar <= 7; bar++) {
            int some = bar;
            assertThat(driver.function.readBar(some, offset, 8)).isZero();
            assertThatCode(() -> driver.function.writeBar(some, offset, 8, -1)).doesNotThrowAnyException();
        }
    }
}
