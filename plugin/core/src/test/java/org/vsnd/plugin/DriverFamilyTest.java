// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.plugin.load.OptionDescriptor;
import org.vsnd.snd.ChainShape;
import org.vsnd.snd.DriverTraits;

@DisplayName("The families of drivers")
class DriverFamilyTest {
    private static final long VERSION_1 = 1L << 32;

    private static final DriverTraits WINDOWS = new DriverTraits(
            VERSION_1,
            false,
            List.of(64, 64, 256, 256),
            0,
            false,
            1,
            shape(List.of(16L), List.of(68L)),
            2,
            new DriverTraits.Params(4096, 1024, 2, 5, 7),
            false,
            false,
            shape(List.of(1924L), List.of(8L)),
            ChainShape.NONE);

    private static final DriverTraits UNKNOWN = new DriverTraits(
            VERSION_1,
            false,
            List.of(64, 64, 256, 256),
            3,
            false,
            1,
            shape(List.of(16L), List.of(68L)),
            1,
            DriverTraits.Params.NONE,
            false,
            false,
            ChainShape.NONE,
            ChainShape.NONE);

    private static ChainShape shape(List<Long> readable, List<Long> writable) {
        return new ChainShape(readable, writable);
    }

    @Test
    @DisplayName("are helped by options that there are, with values that there are")
    void options() {
        Map<String, OptionDescriptor> options = VirtioSoundPlugin.descriptor().options().stream()
                .collect(Collectors.toMap(OptionDescriptor::name, option -> option));
        assertThat(DriverFamily.ALL)
                .filteredOn(family -> !family.option().isEmpty())
                .allSatisfy(family -> assertThat(options.get(family.option()).choices())
                        .as(family.name())
                        .contains(family.value()));
    }

    @Test
    @DisplayName("need every profile but the one that changes nothing")
    void profiles() {
        Set<String> wanted = DriverFamily.ALL.stream()
                .filter(family -> family.option().equals("profile"))
                .map(DriverFamily::value)
                .collect(Collectors.toSet());
        wanted.add("default");
        assertThat(Profiles.DEFAULTS.keySet()).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    @DisplayName("are named once in a card's life, with what would help, and unknown ones are not")
    void namedOnce() {
        try (LogLines log = new LogLines(FamilyLog.class)) {
            FamilyLog families = new FamilyLog(Map.of());
            families.accept(UNKNOWN);
            families.accept(WINDOWS);
            families.accept(WINDOWS);
            assertThat(log.lines())
                    .containsExactly("the driver behaves like that of Windows, viosnd; profile=windows would help it");
        }
    }

    @Test
    @DisplayName("need no advice if the operator has the profile, or has set by hand what it sets")
    void noAdvice() {
        try (LogLines log = new LogLines(FamilyLog.class)) {
            new FamilyLog(Map.of("profile", "windows")).accept(WINDOWS);
            new FamilyLog(Map.of("stop", "keep")).accept(WINDOWS);
            new FamilyLog(Map.of("profile", "haiku")).accept(WINDOWS);
            assertThat(log.lines())
                    .satisfiesExactly(
                            line -> assertThat(line).endsWith("Windows, viosnd"),
                            line -> assertThat(line).endsWith("Windows, viosnd"),
                            line -> assertThat(line).endsWith("profile=windows would help it"));
        }
    }

    @Test
    @DisplayName("that need one option need no advice if it, or a profile with it, is given")
    void oneOption() {
        DriverTraits small = new DriverTraits(
                VERSION_1,
                false,
                List.of(16, 16, 16, 16),
                1,
                false,
                2,
                UNKNOWN.pcmInfo(),
                1,
                UNKNOWN.params(),
                false,
                false,
                ChainShape.NONE,
                ChainShape.NONE);
        try (LogLines log = new LogLines(FamilyLog.class)) {
            new FamilyLog(Map.of()).accept(small);
            new FamilyLog(Map.of("exchange", "multi")).accept(small);
            new FamilyLog(Map.of("profile", "freebsd")).accept(small);
            assertThat(log.lines())
                    .satisfiesExactly(
                            line -> assertThat(line).endsWith("; exchange=single would help it"),
                            line -> assertThat(line).doesNotContain("help"),
                            line -> assertThat(line).doesNotContain("help"));
        }
    }
}
