// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;

@DisplayName("A card with jacks and all features of streams")
class EverythingOfferedTest {
    private static final long SECOND = 1_000_000_000L;

    static Stream<GuestFamily> families() {
        return GuestFamilies.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("families")
    @Tag("SND-20")
    @Tag("SND-36")
    @DisplayName("serves every family of guests as well, and RT-Thread, which takes polling, without a notification")
    void servesEveryFamily(GuestFamily family) {
        Map<String, String> options = new HashMap<>(family.options());
        options.put("features", "xruns,polling");
        options.put("sources", "Mic=a,Line In=b");
        options.put("jacks", "headphone:output0,mic:input0:remap");
        try (Machine machine = HostKind.IN_PROCESS.open(options)) {
            FamilyRun.Result result = FamilyRun.on(machine, family, HostKind.IN_PROCESS, 2 * SECOND, 3);
            assertThat(result.fault()).isEmpty();
            assertThat(result.writtenAfterFree()).isZero();
            if (!family.plays()) {
                assertThat(result.trouble()).startsWith("no sound");
                return;
            }
            assertThat(result.trouble()).isEmpty();
            assertThat(result.starts()).isEqualTo(3);
            assertThat(result.gaps()).isZero();
            assertThat(result.lost()).isZero();
        }
    }
}
