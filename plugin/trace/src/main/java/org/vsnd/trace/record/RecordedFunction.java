// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.util.List;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/**
 * A function as its host has it. A write is recorded before the function sees it, with the chains that it tells of, a read
 * after it, with its value. Device thread only.
 */
final class RecordedFunction implements PciFunction {
    private static final int CONFIG = -1;
    private static final int CONFIG_SPACE_BYTES = 4096;

    private final PciFunction function;
    private final VirtioLayout layout;
    private final DriverView view;
    private final RingSteps rings;
    private final StepLog log;

    RecordedFunction(PciFunction function, VirtioLayout layout, DriverView view, RingSteps rings, StepLog log) {
        this.function = function;
        this.layout = layout;
        this.view = view;
        this.rings = rings;
        this.log = log;
    }

    @Override
    public List<Bar> bars() {
        return function.bars();
    }

    @Override
    public int readConfig(int offset, int size) {
        int value = function.readConfig(offset, size);
        access(StepRecord.CFG_READ, CONFIG, offset, size, value);
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        access(StepRecord.CFG_WRITE, CONFIG, offset, size, value);
        boolean flr = layout.startsFlr(offset, size, value);
        if (flr) {
            log.reset(StepRecord.RESET_FLR);
        }
        boolean ran = view.running();
        boolean wasReset = view.isReset();
        function.writeConfig(offset, size, value);
        registersWritten(ran);
        if (view.isReset() && !wasReset && !flr) {
            log.reset(StepRecord.RESET_STATUS); // through the window of VIRTIO_PCI_CAP_PCI_CFG
        }
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        long value = function.readBar(bar, offset, size);
        access(StepRecord.MMIO_READ, bar, offset, size, value);
        return value;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        access(StepRecord.MMIO_WRITE, bar, offset, size, value);
        if (layout.notifications().contains(bar, offset)) {
            rings.notified((int) clip(value, Math.min(size, 2)));
            function.writeBar(bar, offset, size, value);
        } else if (layout.common().touchedBy(bar, offset, size)) {
            if (layout.resetsDevice(bar, offset, size, value)) {
                log.reset(StepRecord.RESET_STATUS);
            }
            boolean ran = view.running();
            function.writeBar(bar, offset, size, value);
            registersWritten(ran);
        } else {
            function.writeBar(bar, offset, size, value);
        }
    }

    private void registersWritten(boolean ran) {
        view.refresh();
        if (!ran && view.running()) {
            rings.notifiedAll(); // a device may leave chains for later that it was never notified of
        }
    }

    @Override
    public void reset() {
        log.reset(StepRecord.RESET_FUNCTION);
        function.reset();
        view.refresh();
    }

    @Override
    public void close() {
        function.close();
        view.refresh();
    }

    private void access(int kind, int bar, long offset, int size, long value) {
        // what lies outside no bus carries: a host's own mistake, and nothing that a trace can hold
        if (offset >= 0 && (bar != CONFIG || offset <= CONFIG_SPACE_BYTES - size)) {
            log.access(kind, bar, offset, size, clip(value, size));
        }
    }

    private static long clip(long value, int size) {
        return size == Long.BYTES ? value : value & ((1L << (8 * size)) - 1);
    }
}
