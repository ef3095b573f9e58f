// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.List;
import java.util.Optional;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

/** A given trace as it would be with another card. */
final class HaikuVariants {
    private static final int MSIX_CAPABILITY = 0x98;
    private static final int AFTER_MSIX = 0x84;
    private static final int MSIX_BAR = 1;
    private static final int ISR = 0x1000;

    private HaikuVariants() {}

    /** PREPARE and its like, at the time of a step. */
    static List<TraceStep> command(EditedTrace trace, int at, String code, String stream) {
        return EditedTrace.control(trace.steps().get(at).micros(), code + "0000" + stream + "000000", "00800000");
    }

    /** A card without the capability. */
    static EditedTrace withoutMsix(EditedTrace trace) {
        return withoutMsixUse(trace)
                .without(step -> step instanceof TraceStep.ConfigAccess access
                        && access.offset() >= MSIX_CAPABILITY
                        && access.offset() < MSIX_CAPABILITY + 12)
                .mapped(step -> step instanceof TraceStep.ConfigAccess access && access.offset() == 0x34
                        ? new TraceStep.ConfigAccess(access.micros(), access.agent(), false, 0x34, 1, AFTER_MSIX)
                        : step);
    }

    /** A guest that takes INTx. */
    static EditedTrace withoutMsixUse(EditedTrace trace) {
        return trace.without(step -> step instanceof TraceStep.BarAccess access
                        && (access.bar() == MSIX_BAR
                                || access.offset() == VirtioPciCommonCfg.CONFIG_MSIX_VECTOR
                                || access.offset() == VirtioPciCommonCfg.QUEUE_MSIX_VECTOR))
                .without(step -> step instanceof TraceStep.ConfigAccess access
                        && access.write()
                        && (access.offset() == MSIX_CAPABILITY + 2 || access.value() == 0x406))
                .eachAs(step -> step instanceof TraceStep.Interrupt irq
                        ? List.of(
                                new TraceStep.Interrupt(irq.micros(), "haiku", TraceStep.InterruptKind.INTX, 11),
                                new TraceStep.BarAccess(irq.micros(), "haiku", false, 4, ISR, 1, 1))
                        : List.of(step));
    }

    /** A card with these streams, {@code o} and {@code i}, of which the guest takes the first of each. */
    static EditedTrace withStreams(EditedTrace trace, String directions) {
        int count = directions.length();
        int output = directions.indexOf('o');
        int input = directions.indexOf('i');
        String[] items = new String[2]; // output, input
        for (TraceStep step : trace.steps()) {
            if (step instanceof TraceStep.Used used && items[0] == null) {
                String infos = EditedTrace.hex(used.written().get(1));
                items[0] = infos.substring(0, 64);
                items[1] = infos.substring(64);
            }
        }
        StringBuilder infos = new StringBuilder();
        directions.chars().forEach(direction -> infos.append(items[direction == 'o' ? 0 : 1]));
        return trace.barAccesses(access -> access.bar() == 4 && access.offset() == 8196
                        ? new TraceStep.BarAccess(access.micros(), "haiku", false, 4, 8196, 4, count)
                        : access)
                .chains(0, descriptor -> controlOf(descriptor, count, output, input, infos.toString()))
                .chains(2, descriptor -> withHeader(descriptor, output))
                .chains(3, descriptor -> withHeader(descriptor, input))
                .mapped(step -> step instanceof TraceStep.Used used && used.length() == 68
                        ? EditedTrace.withWritten(used, used.written(), 4 + 32L * count)
                        : step);
    }

    private static TraceDescriptor controlOf(
            TraceDescriptor descriptor, int count, int output, int input, String infos) {
        String hex = EditedTrace.hex(descriptor);
        if (hex.startsWith("00010000")) {
            String query = "0001000000000000" + String.format("%02x", count) + "00000020000000";
            return EditedTrace.withContent(descriptor, new TraceContent.Hex(query));
        } else if (descriptor.length() == 64) {
            TraceContent content = hex.isEmpty() ? TraceContent.NONE : new TraceContent.Hex(infos);
            return new TraceDescriptor(2, descriptor.address(), 32L * count, 2, content);
        } else if (hex.length() >= 16 && hex.startsWith("01", 2)) {
            int stream = hex.startsWith("00", 8) ? output : input;
            String other = hex.substring(0, 8) + String.format("%02x", stream) + hex.substring(10);
            return EditedTrace.withContent(descriptor, new TraceContent.Hex(other));
        }
        return descriptor;
    }

    private static TraceDescriptor withHeader(TraceDescriptor descriptor, int stream) {
        return descriptor.length() == 4
                ? EditedTrace.withContent(descriptor, new TraceContent.Hex(String.format("%02x000000", stream)))
                : descriptor;
    }

    /** The guest sets another format and rate, and its buffers are as long as that makes them. */
    static EditedTrace withFormat(EditedTrace trace, String format, String rate, long bytes) {
        return trace.chains(0, descriptor -> {
                    String hex = EditedTrace.hex(descriptor);
                    if (!hex.startsWith("01010000")) {
                        return descriptor;
                    }
                    String size = String.format("%08x", Integer.reverseBytes((int) bytes));
                    String params = hex.substring(0, 16) + size + size + "00000000" + "02" + format + rate + "00";
                    return EditedTrace.withContent(descriptor, new TraceContent.Hex(params));
                })
                .chains(2, descriptor -> withLength(descriptor, bytes))
                .chains(3, descriptor -> withLength(descriptor, bytes))
                .mapped(step -> step instanceof TraceStep.Used used && used.queue() == 3
                        ? EditedTrace.withWritten(used, used.written(), bytes + 8)
                        : step);
    }

    private static TraceDescriptor withLength(TraceDescriptor descriptor, long bytes) {
        if (descriptor.length() != 65536) {
            return descriptor;
        }
        TraceContent content = descriptor.content() instanceof TraceContent.None
                ? TraceContent.NONE
                : new TraceContent.Summary("", "00000000", false, Optional.empty());
        // two buffers of 64 KiB lie side by side: further apart with longer ones
        long address = 0x200_0000L + (descriptor.address() - 0x100_0000L) * 4;
        return new TraceDescriptor(descriptor.index(), address, bytes, descriptor.flags(), content);
    }
}
