// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.family.GuestTroubleException;

@DisplayName("Guests that stop in ways of their own")
class StopHabitsTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1000 * MILLI;
    private static final Map<String, String> DEFAULT = Map.of();

    private static GuestFamily family(String name) {
        return GuestFamilies.ALL.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Memory is open, so that what a device does to freed pages is seen and not prevented. */
    private static FamilyDriver boot(GuestFamily family, VirtualMachine machine) {
        FamilyDriver driver = family.driver().apply(machine.bus());
        driver.boot();
        return driver;
    }

    private static long recordingNanos(VirtualMachine machine, FamilyDriver driver) {
        long from = machine.bus().nanoTime();
        driver.record(bytes -> {}, 100 * MILLI);
        return machine.bus().nanoTime() - from;
    }

    @Test
    @DisplayName("Windows hangs for a second and has freed pages written, but for profile=windows (SND-53)")
    void windowsFreesItsPages() {
        GuestFamily windows = family("Windows, viosnd");
        try (VirtualMachine machine = VirtualMachine.open(DEFAULT)) {
            FamilyDriver driver = boot(windows, machine);
            assertThat(recordingNanos(machine, driver)).isGreaterThan(SECOND);
            driver.record(bytes -> {}, 100 * MILLI);
            assertThat(driver.counts().lost()).isPositive();
            assertThat(driver.memory().writtenAfterFree()).isPositive();
        }
        try (VirtualMachine machine = VirtualMachine.open(windows.options())) {
            FamilyDriver driver = boot(windows, machine);
            for (int i = 0; i < 20; i++) {
                assertThat(recordingNanos(machine, driver)).isLessThan(130 * MILLI);
            }
            assertThat(driver.counts().lost()).isZero();
            assertThat(driver.counts().refused()).isZero();
            assertThat(driver.memory().writtenAfterFree()).isZero();
        }
    }

    @Test
    @DisplayName("RT-Thread waits for a second and loses its messages, but for profile=rt-thread")
    void rtThreadWaitsForItsMessages() {
        GuestFamily rtThread = family("RT-Thread");
        for (boolean profile : new boolean[] {false, true}) {
            try (VirtualMachine machine = VirtualMachine.open(profile ? rtThread.options() : DEFAULT)) {
                FamilyDriver driver = boot(rtThread, machine);
                driver.begin(byte[]::new, 100 * MILLI);
                long stopped = machine.bus().nanoTime();
                driver.stop();
                long waited = machine.bus().nanoTime() - stopped;
                if (profile) {
                    assertThat(waited).isLessThan(MILLI);
                    assertThat(driver.counts().lost()).isZero();
                } else {
                    assertThat(waited).isGreaterThanOrEqualTo(SECOND);
                    assertThat(driver.counts().lost()).isEqualTo(2);
                }
            }
        }
    }

    @Test
    @DisplayName("gbemu's sends what is refused at the pace of the sound, not as fast as it can (SND-80)")
    void gbemuIsNoStorm() {
        try (VirtualMachine machine = VirtualMachine.open(DEFAULT)) {
            FamilyDriver driver = boot(family("gbemu OS"), machine);
            long from = machine.bus().nanoTime();
            assertThatExceptionOfType(GuestTroubleException.class)
                    .isThrownBy(() -> driver.play(byte[]::new, 10 * SECOND));
            assertThat(machine.bus().nanoTime() - from).isBetween(9 * SECOND, 11 * SECOND);
        }
    }

    @Test
    @DisplayName(
            "the KLOG kernel waits without end for a period that it has never started, as with any device (SND-52)")
    void klogNeverStarts() {
        try (VirtualMachine machine = VirtualMachine.open(DEFAULT)) {
            FamilyDriver driver = boot(family("KLOG kernel"), machine);
            assertThatExceptionOfType(GuestTroubleException.class)
                    .isThrownBy(() -> driver.play(byte[]::new, 5 * MILLI))
                    .matches(GuestTroubleException::hangs);
        }
    }
}
