// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

@DisplayName("Traces of the same guest that are not given: with other cards, other formats, other steps")
class OtherGuestsTest {
    private static final String OK = "00800000";

    private static void assertPasses(ReplayResult result) {
        assertThat(result.failures()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("ring addresses in two halves, in either order")
    void ringAddressesInHalves(boolean lowFirst) {
        EditedTrace split = EditedTrace.of("boot_probe").eachAs(step -> {
            if (!(step instanceof TraceStep.BarAccess access) || access.size() != 8) {
                return List.of(step);
            }
            TraceStep low = new TraceStep.BarAccess(
                    access.micros(), "haiku", true, 4, access.offset(), 4, access.value() & 0xffff_ffffL);
            TraceStep high = new TraceStep.BarAccess(
                    access.micros(), "haiku", true, 4, access.offset() + 4, 4, access.value() >>> 32);
            return lowFirst ? List.of(low, high) : List.of(high, low);
        });
        assertThat(split.steps())
                .hasSizeGreaterThan(EditedTrace.of("boot_probe").steps().size());
        ReplayResult result = split.replay();
        assertPasses(result);
        assertThat(result.counts().controlReplies()).isEqualTo(1);
    }

    @Test
    @DisplayName("without MSI-X: the line is asserted, and ISR read, for every buffer")
    void intx() {
        EditedTrace intx = HaikuVariants.withoutMsix(EditedTrace.of("duplex_s16_48000"));
        ReplayResult result = intx.replay();
        assertPasses(result);
        assertThat(result.options()).containsEntry("msix", "0");
        assertThat(result.counts().interrupts()).isEqualTo(23);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io", "ooii", "iioo", "ioio"})
    @DisplayName("streams in other orders: those used are the first of their directions")
    void otherOrders(String directions) {
        ReplayResult result = HaikuVariants.withStreams(EditedTrace.of("duplex_s16_48000"), directions)
                .replay();
        assertPasses(result);
        assertThat(result.options())
                .containsEntry(
                        "outputs", "" + directions.chars().filter(c -> c == 'o').count())
                .containsEntry(
                        "inputs", "" + directions.chars().filter(c -> c == 'i').count());
        assertThat(result.counts().soundFrames()).isEqualTo(6 * 16384);
        assertThat(result.counts().recordedFrames()).isEqualTo(6 * 16384);
    }

    @Test
    @DisplayName("channel maps, which the driver then asks for")
    void channelMaps() {
        EditedTrace trace = EditedTrace.of("duplex_s16_48000")
                .barAccesses(access -> access.bar() == 4 && access.offset() == 8200
                        ? new TraceStep.BarAccess(access.micros(), "haiku", false, 4, 8200, 4, 2)
                        : access);
        int at = trace.first(
                step -> step instanceof TraceStep.Area area && area.name().contains("event"));
        String map = "000000000002" + "0304" + "00".repeat(16);
        trace = trace.inserted(
                at,
                EditedTrace.control(
                        trace.steps().get(at).micros(), "00020000000000000200000018000000", OK + map + map));
        ReplayResult result = trace.replay();
        assertPasses(result);
        assertThat(result.options()).containsEntry("chmaps", "on");
        assertThat(result.counts().controlReplies()).isEqualTo(12);
    }

    @Test
    @DisplayName("another rate while it runs: STOP, RELEASE, SET_PARAMS, PREPARE and START of both streams")
    void reformatWhileRunning() {
        EditedTrace trace = EditedTrace.of("duplex_s16_48000");
        int at = trace.exchange(3);
        List<TraceStep> reformat = new ArrayList<>();
        for (String code : new String[] {"0501", "0301"}) {
            for (String stream : new String[] {"00", "01"}) {
                reformat.addAll(HaikuVariants.command(trace, at, code, stream));
            }
        }
        for (String stream : new String[] {"00", "01"}) {
            String request = "01010000" + stream + "000000" + "0000010000000100" + "00000000" + "02050600";
            reformat.addAll(EditedTrace.control(trace.steps().get(at).micros(), request, OK));
        }
        for (String code : new String[] {"0201", "0401"}) {
            for (String stream : new String[] {"00", "01"}) {
                reformat.addAll(HaikuVariants.command(trace, at, code, stream));
            }
        }
        ReplayResult result = trace.inserted(at, reformat).replay();
        assertPasses(result);
        assertThat(result.counts().soundFrames()).isEqualTo(6 * 16384);
        assertThat(result.counts().silentFrames()).isEqualTo(5760 + 44100 * 120 / 1000);
        assertThat(result.sinks()).extracting(sink -> sink.params().rateHz()).containsExactly(48000, 44100);
    }

    @Test
    @DisplayName("close and open again")
    void reopen() {
        EditedTrace once = EditedTrace.of("duplex_s16_48000");
        int open = once.first(
                step -> step instanceof TraceStep.Mark mark && mark.name().equals("open"));
        long shift = once.steps().get(once.steps().size() - 1).micros()
                - once.steps().get(open).micros()
                + 5_000_000;
        List<TraceStep> twice = new ArrayList<>(once.steps());
        once.steps().subList(open, once.steps().size()).forEach(step -> twice.add(TimeShift.by(step, shift)));
        ReplayResult result = once.with(twice).replay();
        assertPasses(result);
        assertThat(result.counts().soundFrames()).isEqualTo(12 * 16384);
        assertThat(result.counts().silentFrames()).isEqualTo(2 * 5760);
    }

    @ParameterizedTest
    @CsvSource({"11, 0d, 384000, 8", "13, 06, 44100, 8", "05, 01, 8000, 4"})
    @DisplayName("other formats and rates, whose sound is made up")
    void otherFormats(String format, String rate, int rateHz, int frameBytes) {
        EditedTrace trace =
                HaikuVariants.withFormat(EditedTrace.of("playback_s16_48000"), format, rate, 16384L * frameBytes);
        ReplayResult result = trace.replay();
        assertPasses(result);
        assertThat(result.sinks().get(0).params().rateHz()).isEqualTo(rateHz);
        assertThat(result.sinks().get(0).params().frameBytes()).isEqualTo(frameBytes);
        assertThat(result.counts().soundFrames()).isEqualTo(10 * 16384);
        assertThat(result.counts().recordedFrames()).isEqualTo(10 * 16384);
    }

    @Test
    @DisplayName("a card that refuses FEATURES_OK: the driver sets FAILED, and goes on")
    void refusedFeaturesOk() {
        EditedTrace trace = EditedTrace.of("duplex_s16_48000").barAccesses(access -> {
            boolean status = access.bar() == 4 && access.offset() == VirtioPciCommonCfg.DEVICE_STATUS;
            long value = access.value();
            if (status && !access.write() && value == 0xb) {
                value = 0x3;
            } else if (status && access.write() && value == 0xf) {
                value = 0x87;
            }
            return new TraceStep.BarAccess(
                    access.micros(), "haiku", access.write(), access.bar(), access.offset(), access.size(), value);
        });
        ReplayResult result = trace.replay();
        assertPasses(result);
        assertThat(result.differences()).extracting(Difference::what).contains("device_status");
    }

    @Test
    @DisplayName("a card that refuses START: the driver sends a message with a header from freed memory")
    void refusedStart() {
        EditedTrace trace = EditedTrace.of("duplex_s16_48000");
        int start = trace.first(step -> step instanceof TraceStep.Avail avail
                && EditedTrace.hex(avail.chain().get(0)).startsWith("0401"));
        List<TraceStep> steps = new ArrayList<>(trace.steps().subList(0, start - 1));
        long micros = steps.get(start - 2).micros();
        steps.addAll(EditedTrace.control(micros, "0401000000000000", "03800000"));
        TraceDescriptor header = new TraceDescriptor(0, 0x1052000, 4, 1, new TraceContent.Hex("a5a5a5a5"));
        TraceDescriptor status = new TraceDescriptor(1, 0x1052004, 8, 2, TraceContent.NONE);
        steps.add(new TraceStep.BarAccess(micros, "haiku", true, 4, 0x3008, 2, 2));
        steps.add(new TraceStep.Avail(micros, "haiku", 2, 1, 0, 0, Optional.empty(), List.of(header, status)));
        steps.add(new TraceStep.Used(
                micros,
                "haiku",
                2,
                1,
                0,
                8,
                List.of(EditedTrace.withContent(status, new TraceContent.Hex("0180000000000000")))));
        steps.addAll(HaikuVariants.command(trace, start, "0501", "00"));
        ReplayResult result = trace.with(steps).replay();
        assertPasses(result);
        assertThat(result.differences())
                .extracting(Difference::what)
                .contains("status of PCM_START", "status of a message of the playback queue");
    }

    @ParameterizedTest
    @CsvSource({"5000000, 1, 2", "600000, 1, 2", "400000, 1, 2", "70000, 1, 1", "600000, 3, 4"})
    @DisplayName("a media server that pauses: silence where it left a hole, nothing lost of what it gave")
    void pauses(long micros, int times, int silences) {
        EditedTrace trace = EditedTrace.of("playback_s16_48000");
        for (int i = 0; i < times; i++) {
            trace = trace.laterFrom(trace.exchange(3 + 2 * i), micros);
        }
        ReplayResult result = trace.replay();
        assertPasses(result);
        assertThat(result.counts().soundFrames()).isEqualTo(10 * 16384);
        assertThat(result.counts().silentFrames()).isEqualTo(silences * 5760L);
        assertThat(result.counts().recordedFrames()).isEqualTo(10 * 16384);
    }

    @Test
    @DisplayName("interrupts that come before the guest looks at the ring")
    void interruptsFirst() {
        EditedTrace trace = EditedTrace.of("duplex_s16_48000");
        List<TraceStep> steps = new ArrayList<>(trace.steps());
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i) instanceof TraceStep.Interrupt && steps.get(i - 1) instanceof TraceStep.Used) {
                steps.set(i, steps.set(i - 1, steps.get(i)));
            }
        }
        assertPasses(trace.with(steps).replay());
    }

    @Test
    @DisplayName("a card with one MSI-X vector, with which the guest takes INTx")
    void oneVector() {
        EditedTrace trace = EditedTrace.of("boot_probe")
                .mapped(step -> step instanceof TraceStep.ConfigAccess access && access.offset() == 154
                        ? new TraceStep.ConfigAccess(access.micros(), "haiku", access.write(), 154, 2, 0)
                        : step);
        ReplayResult result = HaikuVariants.withoutMsixUse(trace).replay();
        assertPasses(result);
        assertThat(result.options()).containsEntry("msix", "0");
    }

    @Test
    @DisplayName("a card that says of itself what no guest takes for a sound card: this one is right to say otherwise")
    void otherIdentity() {
        EditedTrace trace = EditedTrace.of("boot_probe")
                .mapped(step -> step instanceof TraceStep.ConfigAccess access && access.offset() == 8
                        ? new TraceStep.ConfigAccess(
                                access.micros(), "haiku", false, 8, access.size(), access.value() & ~0xffL)
                        : step)
                .barAccesses(access -> access.bar() == 4 && access.offset() == VirtioPciCommonCfg.QUEUE_SIZE
                        ? new TraceStep.BarAccess(access.micros(), "haiku", false, 4, access.offset(), 2, 0x20)
                        : access);
        ReplayResult result = trace.replay();
        assertPasses(result);
        assertThat(result.differences()).extracting(Difference::what).contains("revision", "queue_size");
    }

    @Test
    @DisplayName("a card that refuses a vector: this one takes it")
    void refusedVector() {
        EditedTrace trace = EditedTrace.of("boot_probe");
        int at = trace.first(step -> step instanceof TraceStep.BarAccess access
                && access.bar() == 4
                && access.offset() == VirtioPciCommonCfg.QUEUE_MSIX_VECTOR);
        long micros = trace.steps().get(at).micros();
        ReplayResult result = trace.inserted(
                        at + 1,
                        List.of(
                                new TraceStep.BarAccess(
                                        micros, "haiku", false, 4, VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2, 0xffff),
                                new TraceStep.BarAccess(
                                        micros, "haiku", false, 4, VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2, 0)))
                .replay();
        assertPasses(result);
        assertThat(result.differences()).extracting(Difference::what).contains("queue_msix_vector");
    }

    @Test
    @DisplayName("a driver that accepts features, and queue sizes, of the other card: it gets what this one has")
    void asksForMore() {
        EditedTrace trace = EditedTrace.of("boot_probe");
        int features = trace.first(step -> step instanceof TraceStep.BarAccess access
                && access.write()
                && access.bar() == 4
                && access.value() == 0xb);
        int size = trace.first(step -> step instanceof TraceStep.BarAccess access
                && access.bar() == 4
                && access.offset() == VirtioPciCommonCfg.QUEUE_SIZE);
        long micros = trace.steps().get(features).micros();
        ReplayResult result = trace.inserted(
                        size + 1,
                        List.of(
                                common(micros, true, VirtioPciCommonCfg.QUEUE_SIZE, 2, 1024),
                                common(micros, true, VirtioPciCommonCfg.QUEUE_SIZE, 2, 32),
                                common(micros, false, VirtioPciCommonCfg.QUEUE_SIZE, 2, 32)))
                .inserted(
                        features,
                        List.of(
                                common(micros, true, VirtioPciCommonCfg.DRIVER_FEATURE_SELECT, 4, 0),
                                common(micros, true, VirtioPciCommonCfg.DRIVER_FEATURE, 4, 0x79000000L),
                                common(micros, false, VirtioPciCommonCfg.DRIVER_FEATURE, 4, 0x79000000L),
                                common(micros, false, VirtioPciCommonCfg.DRIVER_FEATURE_SELECT, 4, 0),
                                common(micros, false, VirtioPciCommonCfg.CONFIG_GENERATION, 1, 9)))
                .replay();
        assertPasses(result);
        assertThat(result.differences())
                .extracting(Difference::what)
                .contains("features accepted, word 0", "queue_size of queue 0", "config_generation");
    }

    private static TraceStep common(long micros, boolean write, int offset, int size, long value) {
        return new TraceStep.BarAccess(micros, "haiku", write, 4, offset, size, value);
    }

    @Test
    @DisplayName("a driver that is hung by a lost interrupt goes on with this card")
    void lostInterrupt() {
        EditedTrace trace = EditedTrace.of("duplex_s16_48000");
        int at = trace.exchange(0);
        List<TraceStep> steps = new ArrayList<>(trace.steps().subList(0, at));
        int last = steps.size() - 1;
        while (!(steps.get(last) instanceof TraceStep.Interrupt)) {
            last--;
        }
        steps.remove(last);
        steps.add(new TraceStep.Hang(steps.get(last - 1).micros(), "haiku", "acquire_sem: missing interrupt"));
        ReplayResult result = trace.with(steps).replay();
        assertPasses(result);
        assertThat(result.hang())
                .hasValueSatisfying(hang -> assertThat(hang.goesOn()).isTrue());
    }
}
