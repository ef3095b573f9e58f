// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.*;
import static org.vsnd.trace.review.DriverTrace.*;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

@DisplayName("The review of a driver")
class DriverReviewTest {
    private static DriverTrace driver() {
        return new DriverTrace();
    }

    /** A good driver plays four periods of 16 bytes from a buffer of four. */
    private static DriverTrace plays(DriverTrace trace) {
        trace.open(0, 64, 16).play(16).play(16).play(16).play(16).start(0);
        return trace.played(3).play(16).played(3).stop(0).release(0);
    }

    @Test
    @DisplayName("has nothing to say of one that keeps to the standard")
    void nothing() {
        DriverTrace trace = plays(driver().setUp());
        trace.open(1, 32, 16)
                .record(16)
                .record(16)
                .start(1)
                .recorded(1, 16)
                .record(16)
                .recorded(1, 16);
        trace.stop(1).start(1).stop(1).release(1).play(16).back(TX, 0, IO_ERR + "00000000");
        trace.reset();
        assertThat(trace.review()).extracting(Remark::kind).containsExactly(RemarkKind.MESSAGE_STATE);
        assertThat(plays(driver().setUp()).status(0).statusReads(0).review()).isEmpty();
    }

    @Test
    @DisplayName("says where a thing is first, how often it comes, where the standard speaks of it, and what to do")
    void words() {
        DriverTrace trace = driver().negotiate().queue(CONTROL).queue(EVENT);
        int line = trace.nextLine();
        trace.notify(CONTROL).notify(EVENT).notify(CONTROL);
        Remark remark = trace.review().get(0);
        assertThat(remark.line()).isEqualTo(line);
        assertThat(remark.count()).isEqualTo(3);
        assertThat(remark)
                .hasToString("MUST: the driver notifies a queue before DRIVER_OK: control queue (line " + line
                        + " at 1.000055 s, 3 times; section 3.1.1, PCI-02). Instead: set DRIVER_OK before the first"
                        + " request: the card need not answer before");
    }

    @Test
    @DisplayName("puts what the standard demands before what it recommends")
    void order() {
        DriverTrace trace = driver().setUp().open(1, 32, 16).start(1).release(1);
        assertThat(trace.kinds()).containsExactly(RemarkKind.WRONG_STATE, RemarkKind.INPUT_STARTED_EMPTY);
    }

    @Nested
    @DisplayName("of the set-up finds")
    class SetUp {
        @Test
        @DisplayName("a beginning without a reset, and a reset that is not awaited")
        void reset() {
            assertThat(driver().status(1).kinds()).containsExactly(RemarkKind.NOT_RESET);
            assertThat(driver().status(0).status(1).kinds()).containsExactly(RemarkKind.RESET_NOT_AWAITED);
            assertThat(driver().status(0).statusReads(1).status(1).kinds())
                    .containsExactly(RemarkKind.RESET_NOT_AWAITED);
        }

        @Test
        @DisplayName("bits of device_status that are cleared, left out, or not read back")
        void status() {
            assertThat(driver().reset().status(1).status(2).kinds()).containsExactly(RemarkKind.STATUS_BIT_CLEARED);
            assertThat(driver().reset()
                            .status(1)
                            .status(3)
                            .accept(0, 1)
                            .status(7)
                            .kinds())
                    .containsExactly(RemarkKind.STATUS_BIT_MISSING);
            assertThat(driver().reset()
                            .status(1)
                            .status(3)
                            .accept(0, 1)
                            .status(11)
                            .status(15)
                            .kinds())
                    .containsExactly(RemarkKind.FEATURES_OK_NOT_READ);
        }

        @Test
        @DisplayName("features: none, others than offered, too late, and in the wrong register")
        void features() {
            DriverTrace none =
                    driver().reset().status(1).status(3).accept(0, 0).status(11).statusReads(11);
            assertThat(none.kinds()).containsExactly(RemarkKind.NO_VERSION_1);
            DriverTrace withoutOk =
                    driver().reset().status(1).status(3).accept(0, 0).status(7);
            assertThat(withoutOk.kinds())
                    .containsExactlyInAnyOrder(RemarkKind.STATUS_BIT_MISSING, RemarkKind.NO_VERSION_1);
            DriverTrace others = driver().reset()
                    .status(1)
                    .status(3)
                    .accept(4, 0x801)
                    .status(11)
                    .statusReads(3);
            assertThat(others.review())
                    .extracting(Remark::kind, Remark::seen)
                    .containsExactly(tuple(RemarkKind.FEATURE_NOT_OFFERED, "0x4, word 0"));
            assertThat(others.review().get(0).count()).isEqualTo(2);
            assertThat(driver().negotiate().write(DRIVER_FEATURE, 4, 1).kinds())
                    .containsExactly(RemarkKind.FEATURES_AFTER_OK);
            assertThat(driver().write(DEVICE_FEATURE, 4, 1).kinds()).containsExactly(RemarkKind.READ_ONLY_WRITTEN);
        }

        @ParameterizedTest
        @CsvSource({"18, 2", "21, 1", "30, 2"})
        @DisplayName("other registers that are read-only")
        void readOnly(int register, int size) {
            assertThat(driver().write(register, size, 0).kinds()).containsExactly(RemarkKind.READ_ONLY_WRITTEN);
        }

        @ParameterizedTest
        @CsvSource({"20, 4", "22, 4", "32, 8", "34, 2", "0, 1", "58, 4", "8192, 1", "8194, 4"})
        @DisplayName("registers that are read with another width")
        void width(int register, int size) {
            assertThat(driver().read(register, size, 0).kinds()).containsExactly(RemarkKind.WRONG_WIDTH);
        }

        @Test
        @DisplayName("registers beyond those that are known, and other BARs, of no interest")
        void elsewhere() {
            DriverTrace trace = driver().read(0x38, 2, 0)
                    .read(0x3c, 2, 0)
                    .read(0x1000, 1, 0)
                    .write(0x9000, 1, 0);
            trace.add(new TraceStep.BarAccess(1, "guest", true, 1, 0, 4, 0));
            assertThat(trace.write(DRIVER_FEATURE_SELECT, 4, 2)
                            .write(DRIVER_FEATURE, 4, 0)
                            .kinds())
                    .isEmpty();
            assertThat(driver().write(DEVICE_FEATURE_SELECT, 4, 2)
                            .read(DEVICE_FEATURE, 4, 0)
                            .kinds())
                    .isEmpty();
        }

        @Test
        @DisplayName("the number of control elements read without the feature")
        void controls() {
            assertThat(driver().negotiate().readControls().kinds()).containsExactly(RemarkKind.CONTROLS_READ);
        }

        @Test
        @DisplayName("bus mastering left off")
        void busMaster() {
            assertThat(driver().configWrite(4, 2, 2).negotiate().status(15).kinds())
                    .containsExactly(RemarkKind.NO_BUS_MASTER);
        }

        @Test
        @DisplayName("queues: sizes that do not fit or are not looked at, set up late, disabled")
        void queues() {
            DriverTrace big = driver().negotiate().write(QUEUE_SELECT, 2, 0).read(QUEUE_SIZE, 2, 64);
            assertThat(big.write(QUEUE_SIZE, 2, 128).write(QUEUE_SIZE, 2, 48).kinds())
                    .containsExactly(RemarkKind.QUEUE_SIZE_UNFIT);
            assertThat(big.review().get(0).seen()).isEqualTo("128 of 64, control queue");
            assertThat(driver().negotiate().write(QUEUE_ENABLE, 2, 1).kinds())
                    .containsExactly(RemarkKind.QUEUE_SIZE_NOT_READ);
            DriverTrace late = driver().negotiate().queue(TX).write(QUEUE_MSIX_VECTOR, 2, 1);
            assertThat(late.write(QUEUE_SIZE, 2, 32)
                            .write(QUEUE_DESC, 4, 0x8000)
                            .kinds())
                    .containsExactly(RemarkKind.QUEUE_SET_UP_LATE);
            assertThat(late.review().get(0).seen()).isEqualTo("playback queue, register queue_msix_vector");
            assertThat(driver().negotiate()
                            .queue(TX)
                            .write(QUEUE_MSIX_VECTOR, 2, NO_VECTOR)
                            .kinds())
                    .isEmpty();
            assertThat(driver().negotiate()
                            .queue(TX)
                            .write(QUEUE_RESET, 2, 1)
                            .write(QUEUE_SIZE, 2, 32)
                            .kinds())
                    .isEmpty();
            assertThat(driver().negotiate().queue(TX).write(QUEUE_ENABLE, 2, 0).kinds())
                    .containsExactly(RemarkKind.QUEUE_DISABLED_BY_ZERO);
        }

        @Test
        @DisplayName("rings of two queues in one place, and rings freed before the reset")
        void rings() {
            assertThat(driver().negotiate()
                            .queue(EVENT, 0x1_8000)
                            .queue(TX, 0x1_8000)
                            .kinds())
                    .containsExactly(RemarkKind.RINGS_OVERLAP);
            DriverTrace freed = driver().setUp().add(new TraceStep.AreaFree(1, "guest", 0x1_0000, 0x1000));
            assertThat(freed.kinds()).containsExactly(RemarkKind.RING_FREED);
            DriverTrace reset = driver().setUp().reset().add(new TraceStep.AreaFree(1, "guest", 0x1_0000, 0x1000));
            assertThat(reset.kinds()).isEmpty();
        }

        @Test
        @DisplayName("rings above 4 GiB, in two halves or at once")
        void highRings() {
            DriverTrace trace = driver().negotiate().write(QUEUE_SELECT, 2, 0).read(QUEUE_SIZE, 2, 64);
            trace.write(QUEUE_DESC, 4, 0x1000).write(QUEUE_DESC + 4, 4, 2).write(QUEUE_DRIVER, 8, 0x2_0000_2000L);
            trace.write(QUEUE_ENABLE, 2, 1).status(15);
            trace.add(new TraceStep.AreaFree(1, "guest", 0x1000, 0x2000));
            trace.add(new TraceStep.AreaFree(1, "guest", 0x2_0000_1000L, 1));
            trace.add(new TraceStep.AreaFree(1, "guest", 0x2_0000_2000L, 1));
            assertThat(trace.review())
                    .filteredOn(remark -> remark.kind() == RemarkKind.RING_FREED)
                    .singleElement()
                    .returns(2L, Remark::count);
        }

        @Test
        @DisplayName("vectors that are not read back")
        void vectors() {
            DriverTrace trace =
                    driver().negotiate().write(CONFIG_MSIX_VECTOR, 2, 0).write(QUEUE_SELECT, 2, 0);
            trace.write(QUEUE_MSIX_VECTOR, 2, 1).status(15);
            assertThat(trace.kinds()).containsExactly(RemarkKind.VECTOR_NOT_READ);
            assertThat(trace.review().get(0).count()).isEqualTo(2);
            DriverTrace good =
                    driver().negotiate().write(CONFIG_MSIX_VECTOR, 2, 0).read(CONFIG_MSIX_VECTOR, 2, 0);
            assertThat(good.status(15).kinds()).isEmpty();
        }
    }

    @Nested
    @DisplayName("of chains finds")
    class Chains {
        @Test
        @DisplayName("readable descriptors behind writable ones, and indirect ones without the feature")
        void framing() {
            DriverTrace trace = driver().setUp();
            TraceDescriptor status = trace.descriptor(4, TraceDescriptor.WRITE, TraceContent.NONE);
            TraceDescriptor request = trace.descriptor(8, 4, new TraceContent.Hex("0201000000000000"));
            trace.send(CONTROL, List.of(status, request));
            assertThat(trace.kinds())
                    .containsExactly(RemarkKind.READABLE_AFTER_WRITABLE, RemarkKind.INDIRECT_NOT_ACCEPTED);
        }

        @Test
        @DisplayName("an event queue without buffers, and with buffers that no event fits in")
        void events() {
            DriverTrace trace = driver().negotiate()
                    .queue(CONTROL)
                    .queue(TX)
                    .status(15)
                    .config()
                    .pcmInfo();
            assertThat(plays(trace).kinds()).containsExactly(RemarkKind.NO_EVENT_BUFFERS);
            DriverTrace unfit = driver().setUp().send(EVENT, "", 4).send(EVENT, "00112233", 8);
            assertThat(unfit.kinds()).containsExactly(RemarkKind.EVENT_BUFFER_UNFIT);
            assertThat(unfit.review().get(0).count()).isEqualTo(2);
            assertThat(driver().setUp().back(EVENT, 0, "0010000000000000").kinds())
                    .isEmpty();
        }

        @Test
        @DisplayName("memory that the card has twice, and memory taken back after STOP")
        void memory() {
            DriverTrace trace = driver().setUp().open(1, 32, 16);
            TraceDescriptor header = trace.descriptor(4, 0, new TraceContent.Hex("01000000"));
            TraceDescriptor page = trace.descriptor(24, TraceDescriptor.WRITE, TraceContent.NONE);
            trace.send(RX, List.of(header, page))
                    .send(RX, List.of(header, page))
                    .start(1);
            assertThat(trace.kinds()).containsExactly(RemarkKind.MEMORY_TWICE);
            trace.stop(1).send(RX, List.of(header, page));
            assertThat(trace.kinds())
                    .contains(RemarkKind.MEMORY_TWICE, RemarkKind.PENDING_MEMORY_TAKEN, RemarkKind.BUFFER_OVERFILLED);
        }

        @Test
        @DisplayName("memory of a pending message that is freed, but not that of a returned one")
        void freed() {
            DriverTrace trace = driver().setUp().open(0, 32, 16).play(16).play(16);
            TraceStep.AreaFree area = new TraceStep.AreaFree(1, "guest", 0, 0x1000_0000);
            trace.start(0).played(1).stop(0).add(area).release(0);
            assertThat(trace.review())
                    .filteredOn(remark -> remark.kind() == RemarkKind.PENDING_MEMORY_TAKEN)
                    .singleElement()
                    .satisfies(remark -> assertThat(remark.seen()).contains("chain of the"));
        }

        @Test
        @DisplayName("nothing in used elements of chains that it does not know")
        void unknown() {
            DriverTrace trace = driver().setUp();
            trace.add(new TraceStep.Used(1, "guest", TX, 1, 77, 8, List.of()));
            trace.send(9, "00", 4).back(CONTROL, 0, OK);
            assertThat(trace.kinds()).isEmpty();
        }
    }

    @Nested
    @DisplayName("of control requests finds")
    class Control {
        private final DriverTrace trace = driver().setUp();

        @Test
        @DisplayName("requests without their end")
        void shortRequests() {
            trace.control("02010000", BAD_MSG, 4)
                    .control("00010000", BAD_MSG, 36)
                    .control("01", BAD_MSG, 4);
            trace.control("0101000000000000", BAD_MSG, 4).control("0200000000000000", BAD_MSG, 4);
            assertThat(trace.kinds()).containsExactly(RemarkKind.REQUEST_SHORT);
            assertThat(trace.review().get(0).seen()).isEqualTo("PCM_PREPARE of 4 bytes, not 8");
            assertThat(trace.review().get(0).count()).isEqualTo(5);
        }

        @Test
        @DisplayName("replies without room")
        void smallReplies() {
            trace.control("00010000" + "00000000" + "01000000" + "20000000", BAD_MSG, 32);
            trace.control("02000000" + "00000000" + "01000000" + "20000000", BAD_MSG, 2);
            assertThat(trace.kinds()).containsExactly(RemarkKind.REPLY_SMALL);
            assertThat(trace.review().get(0).seen()).isEqualTo("32 bytes for PCM_INFO of 1 items, not 36");
            assertThat(trace.review().get(0).count()).isEqualTo(2);
        }

        @Test
        @DisplayName("the status behind the items")
        void statusLast() {
            trace.control("00010000" + "00000000" + "02000000" + "20000000", OK, 64, 4);
            assertThat(trace.kinds()).containsExactly(RemarkKind.STATUS_LAST);
        }

        @Test
        @DisplayName("items that there are not, but not items that another card refuses")
        void range() {
            trace.control("00010000" + "01000000" + "02000000" + "20000000", BAD_MSG, 4, 64);
            trace.control("01000000" + "00000000" + "01000000" + "18000000", BAD_MSG, 4, 24);
            trace.control("00020000" + "00000000" + "01000000" + "18000000", BAD_MSG, 4, 24);
            trace.control("00020000" + "00000000" + "00000000" + "18000000", BAD_MSG, 4, 24);
            assertThat(trace.kinds()).containsExactly(RemarkKind.ITEMS_OUT_OF_RANGE);
            assertThat(trace.review().get(0).count()).isEqualTo(3);
        }

        @Test
        @DisplayName("requests that are not defined")
        void unknownRequests() {
            trace.control("99990000", BAD_MSG, 4).control("00030000", BAD_MSG, 4);
            assertThat(trace.kinds()).containsExactly(RemarkKind.REQUEST_UNKNOWN);
            assertThat(trace.review().get(0).count()).isEqualTo(2);
        }

        @Test
        @DisplayName("streams that there are not")
        void unknownStreams() {
            trace.command(0x102, 2, BAD_MSG).control("01010000" + "ffffffff" + "00".repeat(16), BAD_MSG, 4);
            trace.send(TX, hex32(1) + "1111", 8).send(RX, hex32(7), 24);
            assertThat(trace.kinds()).containsExactly(RemarkKind.STREAM_UNKNOWN);
            assertThat(trace.review().get(0).count()).isEqualTo(4);
        }

        @Test
        @DisplayName("parameters that do not fit")
        void params() {
            trace.setParams(0, 40, 16).setParams(0, 0, 0);
            assertThat(trace.kinds()).containsExactly(RemarkKind.BUFFER_NOT_PERIODS);
            assertThat(driver().setUp().setParams(0, 1764, 882, "02050600").kinds())
                    .containsExactly(RemarkKind.PERIOD_NOT_FRAMES);
            assertThat(driver().setUp().setParams(0, 64, 16, "02050701").kinds())
                    .containsExactly(RemarkKind.PADDING_NOT_ZERO);
        }

        @ParameterizedTest
        @CsvSource({"02050400", "03050700", "00050700", "02040700", "02190700", "0205ff00"})
        @DisplayName("parameters that are not offered")
        void notOffered(String shape) {
            assertThat(trace.setParams(0, 64, 16, shape).kinds()).contains(RemarkKind.PARAMS_NOT_OFFERED);
        }

        @Test
        @DisplayName("the rate that is not offered, by its name")
        void rate() {
            assertThat(trace.setParams(0, 64, 16, "02050400").review().get(0).seen())
                    .isEqualTo("stream 0: format 5, rate 4 (22050 Hz), 2 channels, features 0x0");
        }

        @Test
        @DisplayName("nothing in requests whose bytes the trace does not have")
        void withoutBytes() {
            TraceDescriptor request = trace.descriptor(24, 0, TraceContent.OMITTED);
            TraceDescriptor reply = trace.descriptor(4, TraceDescriptor.WRITE, TraceContent.NONE);
            trace.send(CONTROL, List.of(request, reply)).back(CONTROL, 0, OK);
            trace.send(TX, List.of(request, trace.descriptor(8, TraceDescriptor.WRITE, TraceContent.NONE)));
            trace.back(TX, 0, OK + "00000000");
            assertThat(trace.kinds()).isEmpty();
        }
    }

    @Nested
    @DisplayName("of a stream's life finds")
    class Life {
        private final DriverTrace trace = driver().setUp();

        @Test
        @DisplayName("commands that the state does not allow, each kind once")
        void wrongStates() {
            trace.open(0, 64, 16)
                    .play(16)
                    .start(0)
                    .start(0)
                    .stop(0)
                    .prepare(0)
                    .stop(0)
                    .release(0)
                    .stop(1)
                    .stop(1);
            assertThat(trace.review())
                    .extracting(Remark::seen)
                    .containsExactly(
                            "stream 0: PCM_START in state STARTED",
                            "stream 0: PCM_PREPARE in state STOPPED",
                            "stream 0: PCM_STOP in state PREPARED",
                            "stream 1: PCM_STOP in state INITIAL",
                            "stream 1: PCM_STOP in state STOPPED");
        }

        @Test
        @DisplayName("no more kinds of wrong commands than a reader takes in")
        void manyWrongStates() {
            for (int code : new int[] {0x103, 0x104, 0x105}) {
                trace.command(code, 0, BAD_MSG).reset().setUp();
            }
            trace.open(0, 64, 16).play(16).command(0x105, 0, OK).prepare(0).stop(0);
            trace.setParams(0, 64, 16)
                    .start(0)
                    .prepare(0)
                    .setParams(0, 64, 16)
                    .stop(0)
                    .release(0)
                    .start(0);
            assertThat(trace.review())
                    .filteredOn(remark -> remark.kind() == RemarkKind.WRONG_STATE)
                    .hasSize(8);
        }

        @Test
        @DisplayName("RELEASE of a stream that is released")
        void releasedTwice() {
            trace.open(0, 64, 16).release(0).command(0x103, 0, BAD_MSG);
            assertThat(trace.kinds()).containsExactly(RemarkKind.RELEASED_TWICE);
        }

        @Test
        @DisplayName("a driver that goes on although it was refused")
        void refusalIgnored() {
            trace.command(0x102, 0, BAD_MSG).command(0x104, 0, BAD_MSG).play(16).back(TX, 0, IO_ERR + "00000000");
            assertThat(trace.kinds()).contains(RemarkKind.WRONG_STATE, RemarkKind.REFUSAL_IGNORED);
            assertThat(trace.review())
                    .filteredOn(remark -> remark.kind() == RemarkKind.REFUSAL_IGNORED)
                    .singleElement()
                    .returns(2L, Remark::count);
        }

        @Test
        @DisplayName("START with nothing queued, but not when a pause is over")
        void startedEmpty() {
            trace.open(0, 64, 16)
                    .start(0)
                    .play(16)
                    .played(0)
                    .stop(0)
                    .start(0)
                    .stop(0)
                    .release(0);
            assertThat(trace.review())
                    .filteredOn(remark -> remark.kind() == RemarkKind.STARTED_EMPTY)
                    .singleElement()
                    .returns(1L, Remark::count);
        }

        @Test
        @DisplayName("a stream that is stopped and started and never released")
        void neverReleased() {
            trace.open(0, 64, 16)
                    .play(16)
                    .start(0)
                    .played(0)
                    .stop(0)
                    .play(16)
                    .start(0)
                    .stop(0);
            assertThat(trace.kinds()).containsExactly(RemarkKind.NEVER_RELEASED);
        }

        @Test
        @DisplayName("a driver that waits after STOP, but not a listener who thinks")
        void releaseAwaited() {
            for (int i = 0; i < 2; i++) {
                trace.open(0, 64, 16)
                        .play(16)
                        .play(16)
                        .start(0)
                        .stop(0)
                        .after(1_000_000)
                        .release(0);
                trace.played(1).played(0);
            }
            assertThat(trace.kinds()).containsExactly(RemarkKind.RELEASE_AWAITED);
            DriverTrace pause = driver().setUp();
            for (int i = 0; i < 2; i++) {
                pause.open(0, 64, 16)
                        .play(16)
                        .play(16)
                        .start(0)
                        .stop(0)
                        .start(0)
                        .stop(0);
                pause.after(5_000_000).release(0).played(1).played(0);
            }
            assertThat(pause.kinds()).isEmpty();
        }
    }

    @Nested
    @DisplayName("of messages finds")
    class Messages {
        private final DriverTrace trace = driver().setUp();

        @Test
        @DisplayName("8 bytes before the sound, alone or together with it, and to record")
        void longHeader() {
            trace.open(0, 64, 16);
            trace.send(TX, "0000000000000000|" + "11".repeat(16), 8);
            trace.send(TX, "0000000000000000" + "11".repeat(16), 8);
            trace.open(1, 64, 16).send(RX, "0100000000000000", 16, 8);
            assertThat(trace.kinds()).containsExactly(RemarkKind.HEADER_UNFIT);
            assertThat(trace.review().get(0).count()).isEqualTo(3);
        }

        @Test
        @DisplayName("no room for header or status, and sound on the wrong side")
        void directions() {
            trace.open(0, 64, 16).send(TX, "0000", 8).send(TX, hex32(0) + "1111", 4);
            trace.send(TX, hex32(0) + "|" + "11".repeat(16), 16, 8);
            assertThat(trace.kinds()).containsExactly(RemarkKind.MESSAGE_SHORT, RemarkKind.MESSAGE_DIRECTION);
        }

        @Test
        @DisplayName("messages that are not periods, except the last")
        void notPeriods() {
            trace.open(0, 64, 16)
                    .play(16)
                    .start(0)
                    .played(0)
                    .play(8)
                    .played(0)
                    .stop(0)
                    .release(0);
            trace.open(0, 64, 16).play(12).start(0).release(0);
            assertThat(trace.kinds()).doesNotContain(RemarkKind.MESSAGE_NOT_PERIOD);
            trace.open(0, 64, 16).play(32).play(32);
            assertThat(trace.review())
                    .filteredOn(remark -> remark.kind() == RemarkKind.MESSAGE_NOT_PERIOD)
                    .singleElement()
                    .satisfies(remark -> assertThat(remark.seen())
                            .isEqualTo("stream 0: a message with 32 bytes of sound, and periods of 16"));
        }

        @Test
        @DisplayName("recording messages that are not periods, by their own length")
        void notPeriodsToRecord() {
            trace.open(1, 64, 16).record(24).record(24).start(1);
            assertThat(trace.review().get(0).seen()).contains("24 bytes of sound");
        }

        @Test
        @DisplayName("messages that end in the middle of a frame")
        void notFrames() {
            assertThat(trace.open(0, 64, 16).play(6).start(0).kinds()).containsExactly(RemarkKind.MESSAGE_NOT_FRAMES);
        }

        @Test
        @DisplayName("more in flight than the buffer has")
        void overfilled() {
            assertThat(trace.open(0, 16, 16).play(16).play(16).kinds()).containsExactly(RemarkKind.BUFFER_OVERFILLED);
        }

        @Test
        @DisplayName("one message in flight of a buffer of several")
        void oneInFlight() {
            trace.open(0, 64, 16).play(16).start(0);
            for (int i = 0; i < 4; i++) {
                trace.played(0).play(16);
            }
            assertThat(trace.stop(0).release(0).kinds()).containsExactly(RemarkKind.ONE_IN_FLIGHT);
        }

        @Test
        @DisplayName("messages for a stream that is not prepared, and a storm of them")
        void storm() {
            for (int i = 0; i < 10; i++) {
                trace.play(16).back(TX, 0, IO_ERR + "00000000");
            }
            assertThat(trace.review())
                    .extracting(Remark::kind, Remark::count)
                    .containsExactly(tuple(RemarkKind.MESSAGE_STATE, 10L), tuple(RemarkKind.MESSAGE_STORM, 2L));
        }
    }
}
