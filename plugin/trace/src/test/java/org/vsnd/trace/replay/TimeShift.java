// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.trace.TraceStep;

/** The same step at another time. */
final class TimeShift {
    private TimeShift() {}

    static TraceStep by(TraceStep step, long micros) {
        long at = step.micros() + micros;
        if (step instanceof TraceStep.ConfigAccess s) {
            return new TraceStep.ConfigAccess(at, s.agent(), s.write(), s.offset(), s.size(), s.value());
        } else if (step instanceof TraceStep.BarAccess s) {
            return new TraceStep.BarAccess(at, s.agent(), s.write(), s.bar(), s.offset(), s.size(), s.value());
        } else if (step instanceof TraceStep.MapBar s) {
            return new TraceStep.MapBar(at, s.agent(), s.bar(), s.offset(), s.size());
        } else if (step instanceof TraceStep.Area s) {
            return new TraceStep.Area(at, s.agent(), s.name(), s.address(), s.size());
        } else if (step instanceof TraceStep.AreaFree s) {
            return new TraceStep.AreaFree(at, s.agent(), s.address(), s.size());
        } else if (step instanceof TraceStep.Avail s) {
            return new TraceStep.Avail(
                    at, s.agent(), s.queue(), s.availIdx(), s.availFlags(), s.head(), s.indirect(), s.chain());
        } else if (step instanceof TraceStep.Used s) {
            return new TraceStep.Used(at, s.agent(), s.queue(), s.usedIdx(), s.id(), s.length(), s.written());
        } else if (step instanceof TraceStep.Interrupt s) {
            return new TraceStep.Interrupt(at, s.agent(), s.kind(), s.vector());
        } else if (step instanceof TraceStep.InterruptInstall s) {
            return new TraceStep.InterruptInstall(at, s.agent(), s.irq());
        } else if (step instanceof TraceStep.Reset s) {
            return new TraceStep.Reset(at, s.agent(), s.how());
        } else if (step instanceof TraceStep.Mark s) {
            return new TraceStep.Mark(at, s.agent(), s.name(), s.n());
        }
        throw new IllegalArgumentException("no such step in the given traces: " + step);
    }
}
