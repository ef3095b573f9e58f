// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.family.GuestTroubleException;

@DisplayName("A card that is used before DRIVER_OK (PCI-02, ADR 25)")
class EarlyGuestsTest {
    private static final long SECOND = 1_000_000_000L;

    private static GuestFamily family(String name) {
        return GuestFamilies.ALL.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> strict(GuestFamily family) {
        Map<String, String> options = new HashMap<>(family.options());
        options.put("strict", "on");
        return options;
    }

    @ParameterizedTest
    @CsvSource({"5BSD,false", "'FreeBSD, Rust',true", "ArrOSt,false"})
    @DisplayName("does not answer if it is strict, touches no memory, and then serves a driver that waits")
    void isNotAnsweredByAStrictCard(String name, boolean hangs) {
        GuestFamily family = family(name);
        try (VirtualMachine machine = VirtualMachine.guarded(strict(family))) {
            FamilyDriver driver = family.driver().apply(machine.bus());
            assertThatThrownBy(driver::boot)
                    .isInstanceOfSatisfying(
                            GuestTroubleException.class,
                            trouble -> assertThat(trouble.hangs()).isEqualTo(hangs))
                    .hasMessageContaining("PCM_INFO was not answered");
            driver.memory().freeAll();
            assertThat(driver.memory().writtenAfterFree()).isZero();
            assertThat(machine.tape().sinks()).isEmpty();
            new PeriodStream(machine.driver(DriverStyle.LINUX), 0, true, StreamSetup.s16At48k(480, 1920)).start();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zigos-arch", "CanBoot", "SlateOS"})
    @DisplayName("serves those that set DRIVER_OK first, strict or not")
    void othersComeUpWithAStrictCard(String name) {
        GuestFamily family = family(name);
        try (VirtualMachine machine = VirtualMachine.guarded(strict(family))) {
            family.driver().apply(machine.bus()).boot();
        }
    }

    @Test
    @DisplayName("is reset while it plays for such a guest, and serves the next")
    void isResetInTheMiddle() {
        GuestFamily family = family("ArrOSt");
        try (VirtualMachine machine = VirtualMachine.guarded(family.options())) {
            FamilyDriver driver = family.driver().apply(machine.bus());
            driver.boot();
            driver.begin(bytes -> new byte[bytes], SECOND / 10);
            machine.card().reset();
            driver.memory().freeAll();
            machine.bus().pass(SECOND);
            assertThat(driver.memory().writtenAfterFree()).isZero();
            FamilyDriver again = family.driver().apply(machine.bus());
            again.boot();
            again.play(bytes -> new byte[bytes], SECOND / 10);
        }
    }
}
