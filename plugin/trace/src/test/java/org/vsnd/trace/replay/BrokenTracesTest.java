// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;

@DisplayName("A trace that contradicts itself, or lacks what a replay needs, is refused in a sentence")
class BrokenTracesTest {
    private static void assertRefused(EditedTrace trace, String why) {
        Trace broken = trace.trace();
        assertThatThrownBy(() -> Replay.run(broken, new VirtioSoundPlugin()::create))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("boot_probe.jsonl")
                .hasMessageContaining(why);
    }

    private static EditedTrace chain(UnaryOperator<TraceDescriptor> edit) {
        return EditedTrace.of("boot_probe").chains(0, edit);
    }

    @Test
    @DisplayName("when it begins too late")
    void beginsTooLate() {
        EditedTrace trace = EditedTrace.of("boot_probe");
        assertRefused(
                trace.without(TraceStep.ConfigAccess.class::isInstance),
                "must begin before the guest looks at its card");
    }

    @Test
    @DisplayName("when a request's bytes were left out")
    void bytesLeftOut() {
        assertRefused(
                chain(descriptor -> EditedTrace.withContent(descriptor, TraceContent.OMITTED)),
                "the bytes of this request are not in the trace");
    }

    @Test
    @DisplayName("when buffers lie where no memory can be")
    void impossibleBuffers() {
        assertRefused(
                chain(descriptor ->
                        new TraceDescriptor(0, -8, descriptor.length(), descriptor.flags(), descriptor.content())),
                "beyond the last 64-bit address");
        assertRefused(
                chain(descriptor -> new TraceDescriptor(0, 0, 0xffff_ffffL, TraceDescriptor.WRITE, TraceContent.NONE)),
                "more than can be replayed");
    }

    @Test
    @DisplayName("when chains are used that were not there, or are there twice, or in a queue that is not")
    void chainsOutOfOrder() {
        EditedTrace trace = EditedTrace.of("boot_probe");
        assertRefused(trace.without(TraceStep.Avail.class::isInstance), "is used, but was not available");
        int avail = trace.first(TraceStep.Avail.class::isInstance);
        assertRefused(trace.inserted(avail, List.of(trace.steps().get(avail))), "made available twice");
        TraceStep.Avail given = (TraceStep.Avail) trace.steps().get(avail);
        TraceStep.Avail elsewhere =
                new TraceStep.Avail(given.micros(), "", 9, 1, 0, 0, Optional.empty(), given.chain());
        assertRefused(trace.inserted(avail, List.of(elsewhere)), "was not set up");
        assertRefused(trace.inserted(avail, List.of(EditedTrace.withChain(given, List.of()))), "must have descriptors");
        List<TraceDescriptor> backwards = new ArrayList<>(given.chain());
        Collections.reverse(backwards);
        assertRefused(
                trace.inserted(avail, List.of(EditedTrace.withChain(given, backwards))),
                "readable descriptors must come");
    }

    @Test
    @DisplayName("when it takes years")
    void takesYears() {
        EditedTrace trace = EditedTrace.of("boot_probe");
        assertRefused(trace.laterFrom(500, 1L << 52), "longer than a week");
    }

    @Test
    @DisplayName("when its card has more streams than any")
    void tooManyStreams() {
        EditedTrace trace = EditedTrace.of("boot_probe")
                .barAccesses(access -> access.offset() == 8196
                        ? new TraceStep.BarAccess(access.micros(), "haiku", false, 4, 8196, 4, 0xffff_ffffL)
                        : access);
        assertThatThrownBy(() -> Replay.run(trace.trace(), new VirtioSoundPlugin()::create))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("streams");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("and whatever else is wrong with it: there is a verdict or a sentence, and never an exception")
    void anythingElse(long seed) {
        Random random = new Random(seed);
        String[] names = {"forcestop_restart", "hang_5vectors_rxsem", "boot_probe_master", "output_only_device"};
        EditedTrace trace = EditedTrace.of(names[(int) seed % names.length]);
        int verdicts = 0;
        int refusals = 0;
        for (int round = 0; round < 40; round++) {
            List<TraceStep> steps = new ArrayList<>(trace.steps());
            for (int i = random.nextInt(4); i >= 0; i--) {
                spoil(steps, random);
            }
            try {
                assertThat(Replay.run(trace.with(steps).trace(), new VirtioSoundPlugin()::create)
                                .counts()
                                .accesses())
                        .as("seed %d, round %d", seed, round)
                        .isPositive();
                verdicts++;
            } catch (TraceException e) {
                assertThat(e).hasMessageContaining(".jsonl");
                refusals++;
            }
        }
        assertThat(verdicts).isPositive();
        assertThat(verdicts + refusals).isEqualTo(40);
    }

    private static void spoil(List<TraceStep> steps, Random random) {
        int at = 70 + random.nextInt(steps.size() - 70);
        switch (random.nextInt(5)) {
            case 0 -> steps.remove(at);
            case 1 -> steps.add(at, steps.get(70 + random.nextInt(steps.size() - 70)));
            case 2 -> steps.set(at, spoilt(steps.get(at), random));
            case 3 -> Collections.swap(steps, at, 70 + random.nextInt(steps.size() - 70));
            default ->
                steps.subList(at, Math.min(steps.size(), at + random.nextInt(30)))
                        .clear();
        }
    }

    private static TraceStep spoilt(TraceStep step, Random random) {
        long bits = random.nextLong() >>> random.nextInt(64);
        if (step instanceof TraceStep.BarAccess access) {
            return new TraceStep.BarAccess(
                    access.micros(),
                    "",
                    random.nextBoolean(),
                    access.bar(),
                    random.nextBoolean() ? access.offset() : random.nextInt(0x4000),
                    1 << random.nextInt(4),
                    bits);
        } else if (step instanceof TraceStep.ConfigAccess access) {
            return new TraceStep.ConfigAccess(
                    access.micros(), "", random.nextBoolean(), random.nextInt(0x100), 1 << random.nextInt(3), bits);
        } else if (step instanceof TraceStep.Avail avail && !avail.chain().isEmpty()) {
            TraceDescriptor first = avail.chain().get(0);
            return EditedTrace.withChain(
                    avail,
                    List.of(new TraceDescriptor(
                            0,
                            random.nextBoolean() ? first.address() : bits,
                            random.nextBoolean() ? random.nextInt(100) : bits & 0xffff_ffffL,
                            random.nextInt(4),
                            TraceContent.NONE)));
        } else if (step instanceof TraceStep.Used used) {
            return EditedTrace.withWritten(used, List.of(), bits & 0xffff_ffffL);
        }
        return new TraceStep.Reset(step.micros(), "", random.nextBoolean() ? "host" : "flr");
    }
}
