// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.trace.review.RemarkKind.*;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.family.GuestTroubleException;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.record.TraceRecorder;
import org.vsnd.trace.review.DriverReview;
import org.vsnd.trace.review.Remark;
import org.vsnd.trace.review.RemarkKind;

@DisplayName("The review of a recorded model")
class FamilyReviewTest {
    private static final long SOUND_NANOS = 3_000_000_000L; // two messages of the longest

    /** What each is known for. */
    private static final Map<String, List<RemarkKind>> KNOWN = Map.ofEntries(
            Map.entry("5BSD", List.of(NOTIFY_BEFORE_DRIVER_OK, ONE_IN_FLIGHT)),
            Map.entry("FreeBSD, Rust", List.of(NOTIFY_BEFORE_DRIVER_OK, NO_EVENT_BUFFERS)),
            Map.entry("ArrOSt", List.of(NOTIFY_BEFORE_DRIVER_OK, NO_VERSION_1, STATUS_LAST)),
            Map.entry("zigos-arch", List.of(NO_VERSION_1, NO_EVENT_BUFFERS)),
            Map.entry("CanBoot", List.of(NO_EVENT_BUFFERS)),
            Map.entry("Breenix", List.of(NO_VERSION_1, STATUS_BIT_MISSING, NO_EVENT_BUFFERS)),
            Map.entry("ViperDOS", List.of(MESSAGE_NOT_PERIOD)),
            Map.entry("SlateOS", List.of(NO_EVENT_BUFFERS)),
            Map.entry("SlateOS, older", List.of(PARAMS_NOT_OFFERED)),
            Map.entry("RedactedOS", List.of(NO_VERSION_1)),
            Map.entry("Windows, viosnd", List.of(BUFFER_OVERFILLED, MESSAGE_NOT_PERIOD, NEVER_RELEASED)),
            Map.entry("RT-Thread", List.of(STARTED_EMPTY)),
            Map.entry("module OS", List.of(ONE_IN_FLIGHT)),
            Map.entry("gbemu OS", List.of(REPLY_SMALL, REQUEST_SHORT, MESSAGE_STATE)),
            Map.entry("NuttX", List.of(PERIOD_NOT_FRAMES, NO_EVENT_BUFFERS)),
            Map.entry("NuttX, mono", List.of(PERIOD_NOT_FRAMES)),
            Map.entry("Aero, Windows 7", List.of(HEADER_UNFIT)),
            Map.entry("brightnes", List.of(BUFFER_OVERFILLED, MEMORY_TWICE)));

    @TempDir
    Path folder;

    static Stream<GuestFamily> families() {
        return GuestFamilies.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("families")
    @DisplayName("says what it is known for")
    void known(GuestFamily family) throws Exception {
        List<Remark> remarks = DriverReview.of(record(family));
        assertThat(remarks)
                .as(remarks.toString())
                .extracting(Remark::kind)
                .containsAll(KNOWN.getOrDefault(family.name(), List.of()));
    }

    private Trace record(GuestFamily family) throws Exception {
        Path file = folder.resolve("guest.jsonl");
        try (TraceRecorder recorder = TraceRecorder.open(file, false);
                VirtualMachine machine = VirtualMachine.openRecorded(family.options(), recorder)) {
            FamilyDriver driver = family.driver().apply(machine.bus());
            try {
                driver.boot();
                for (int i = 0; i < 3; i++) {
                    driver.play(bytes -> new byte[bytes], SOUND_NANOS);
                    if (family.records()) {
                        driver.record(bytes -> {}, SOUND_NANOS);
                    }
                }
                driver.close();
            } catch (GuestTroubleException e) {
                // it has shown enough of itself
            }
        }
        return TraceReader.read(file);
    }
}
