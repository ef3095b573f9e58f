// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.trace.GivenTraces;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;

@DisplayName("The review of real drivers, by their traces")
class GivenTracesReviewTest {
    private static List<Remark> review(Path trace) throws TraceException {
        return DriverReview.of(TraceReader.read(trace));
    }

    @Test
    @DisplayName("has nothing to say of Linux")
    void linux() throws TraceException {
        assertThat(review(GivenTraces.named("debian", "play_record_s16_48000"))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("org.vsnd.trace.GivenTraces#haiku")
    @DisplayName("knows Haiku's bus manager by what it does to the registers, in every trace")
    void haikusBus(Path trace) throws TraceException {
        assertThat(review(trace))
                .extracting(Remark::kind)
                .contains(
                        RemarkKind.READ_ONLY_WRITTEN,
                        RemarkKind.NO_VERSION_1,
                        RemarkKind.WRONG_WIDTH,
                        RemarkKind.QUEUE_SET_UP_LATE,
                        RemarkKind.VECTOR_NOT_READ)
                .isSubsetOf(
                        RemarkKind.READ_ONLY_WRITTEN,
                        RemarkKind.NO_VERSION_1,
                        RemarkKind.WRONG_WIDTH,
                        RemarkKind.QUEUE_SET_UP_LATE,
                        RemarkKind.VECTOR_NOT_READ,
                        RemarkKind.RING_FREED,
                        RemarkKind.PENDING_MEMORY_TAKEN,
                        RemarkKind.STATUS_BIT_CLEARED,
                        RemarkKind.RESET_NOT_AWAITED,
                        RemarkKind.STARTED_EMPTY,
                        RemarkKind.INPUT_STARTED_EMPTY);
    }

    @Test
    @DisplayName("knows how Haiku's sound driver starts and closes")
    void haiku() throws TraceException {
        assertThat(review(GivenTraces.named("duplex_s16_48000")))
                .extracting(Remark::kind)
                .contains(RemarkKind.RING_FREED, RemarkKind.STARTED_EMPTY, RemarkKind.INPUT_STARTED_EMPTY);
    }
}
