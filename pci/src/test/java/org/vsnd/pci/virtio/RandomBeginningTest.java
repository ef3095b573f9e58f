// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.pci.virtio.FakeVirtioDevice.EARLY_QUEUE;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PCI-02, PCI-06, PCI-09, PCI-57 and ADR 25: in whatever order a driver begins, memory is out of reach unless it may be used. */
@Tag("PCI-02")
@Tag("PCI-06")
@Tag("PCI-09")
@Tag("PCI-57")
class RandomBeginningTest {
    private static final int STEPS = 20_000;
    private static final long UNOFFERED = 1L << 60;

    private final boolean[] enabled = new boolean[FakeVirtioDevice.QUEUES];
    private int status;
    private long features;
    private boolean frozen;
    private boolean refused;
    private boolean busMaster;
    private boolean early;
    private int earlyLives;

    /** What may be touched now, by the rules. */
    private boolean reachable() {
        return busMaster && (early || (status & 4) != 0);
    }

    private void write(TestDriver driver, int value) {
        driver.status(value);
        if (value == 0) {
            status = 0;
            features = 0;
            frozen = false;
            refused = false;
            early = false;
            Arrays.fill(enabled, false);
            return;
        }
        int added = value & ~status;
        if ((added & 8) != 0) {
            refused = (features & UNOFFERED) != 0;
            frozen |= !refused;
            added &= refused ? ~8 : ~0;
        }
        status |= added;
    }

    private void kick(TestDriver driver, int queue, boolean strict) {
        boolean begins = !strict
                && queue == EARLY_QUEUE
                && enabled[queue]
                && busMaster
                && !refused
                && !early
                && (status & (2 | 4 | 128)) == 2;
        early |= begins;
        frozen |= begins;
        earlyLives += begins ? 1 : 0;
        driver.kick(queue);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,false", "4,true"})
    void touchesMemoryOnlyWhenItMay(long seed, boolean strict) {
        TestDriver driver = TestDriver.of(strict, 2);
        driver.device.recording = false;
        Random random = new Random(seed);
        int[] values = {0, 1, 3, 3, 0xb, 0xb, 0xf, 0x83};
        int touched = 0;
        for (int step = 0; step < STEPS; step++) {
            long before = driver.host.accesses;
            int queue = random.nextInt(FakeVirtioDevice.QUEUES);
            switch (random.nextInt(12)) {
                case 0, 1 -> write(driver, values[random.nextInt(values.length)]);
                case 2 -> {
                    long wanted = random.nextInt(3) == 0 ? UNOFFERED : TestDriver.VERSION_1;
                    driver.features(wanted);
                    features = frozen ? features : wanted;
                }
                case 3 -> {
                    busMaster = random.nextInt(4) != 0;
                    driver.function.writeConfig(0x04, 2, busMaster ? 0x0006 : 0x0002);
                }
                case 4, 5, 6 -> {
                    if (!enabled[queue]) {
                        driver.clearRing(queue);
                    }
                    driver.setUpQueue(queue);
                    enabled[queue] = true;
                }
                default -> kick(driver, queue, strict);
            }
            assertThat(driver.status()).as("step %d", step).isEqualTo(status);
            if (driver.host.accesses != before) {
                touched++;
                assertThat(reachable())
                        .as("memory in step %d, status %x", step, status)
                        .isTrue();
            }
        }
        assertThat(touched).isPositive();
        assertThat(earlyLives > 0).isEqualTo(!strict);
    }
}
