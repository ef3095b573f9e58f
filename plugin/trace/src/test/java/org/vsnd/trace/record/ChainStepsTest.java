// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.VirtualTime;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

@DisplayName("A recorded chain")
class ChainStepsTest {
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final long BASE = 1L << 32;
    private static final int RAM_BYTES = 1 << 20;
    private static final long TABLE = BASE + 0x1000;
    private static final long INDIRECT_TABLE = BASE + 0x2000;
    private static final long DATA = BASE + 0x4000;

    private final FlatMemory memory = FlatMemory.open(BASE, RAM_BYTES);
    private final GuestRam ram = memory.ram();
    private final StepRing ring = new StepRing(256 << 10);
    private final StepLog log = new StepLog(ring, new VirtualTime(7));
    private final ChainSteps chains = new ChainSteps(memory, log);
    private final QueueView queue = new QueueView(2);

    @BeforeEach
    void enable() {
        queue.enable(8, TABLE, BASE + 0x100, BASE + 0x200);
        for (int i = 0; i < 4096; i++) {
            ram.put8(DATA + i, i);
        }
    }

    private void put(long table, int index, long address, int length, int flags, int next) {
        long at = table + 16L * index;
        ram.put64(at, address);
        ram.put32(at + 8, length);
        ram.put16(at + 12, flags);
        ram.put16(at + 14, next);
    }

    private List<TraceStep> record(int head, boolean indirectAllowed, boolean written) throws IOException {
        log.begin();
        log.ringStep(written ? StepRecord.USED : StepRecord.AVAIL, 2, 1, written ? head : 0, written ? 12 : head);
        if (written) {
            chains.written(queue, head, indirectAllowed);
        } else {
            chains.offered(queue, head, indirectAllowed);
        }
        log.end();
        List<TraceStep> steps = new ArrayList<>();
        new StepReader(ring, new ContentReader(null), steps::add).drain();
        return steps;
    }

    private static TraceStep.Avail avail(List<TraceStep> steps) {
        return (TraceStep.Avail) steps.get(0);
    }

    private static String remark(List<TraceStep> steps) {
        assertThat(steps).hasSize(2);
        return ((TraceStep.Mark) steps.get(1)).name();
    }

    @Test
    @DisplayName("has the bytes of the readable descriptors when it is offered, of the writable ones when it is used")
    void hasTheBytesOfOneSide() throws IOException {
        put(TABLE, 5, DATA, 3, NEXT, 1);
        put(TABLE, 1, DATA + 16, 2, NEXT | WRITE, 7);
        put(TABLE, 7, DATA + 32, 0, WRITE, 0);
        List<TraceStep> offered = record(5, false, false);
        assertThat(offered).hasSize(1);
        assertThat(avail(offered).chain())
                .containsExactly(
                        new TraceDescriptor(5, DATA, 3, NEXT, new TraceContent.Hex("000102")),
                        new TraceDescriptor(1, DATA + 16, 2, NEXT | WRITE, TraceContent.NONE),
                        new TraceDescriptor(7, DATA + 32, 0, WRITE, TraceContent.NONE));
        List<TraceStep> used = record(5, false, true);
        assertThat(used)
                .containsExactly(new TraceStep.Used(
                        0,
                        "guest",
                        2,
                        1,
                        5,
                        12,
                        List.of(
                                new TraceDescriptor(1, DATA + 16, 2, NEXT | WRITE, new TraceContent.Hex("1011")),
                                new TraceDescriptor(7, DATA + 32, 0, WRITE, new TraceContent.Hex("")))));
    }

    @Test
    @DisplayName("is what its indirect table holds, after any direct descriptors")
    void goesOnInItsTable() throws IOException {
        put(TABLE, 0, DATA, 1, NEXT, 3);
        put(TABLE, 3, INDIRECT_TABLE, 32, INDIRECT, 0);
        put(INDIRECT_TABLE, 0, DATA + 4, 2, NEXT, 1);
        put(INDIRECT_TABLE, 1, DATA + 8, 4, WRITE, 0);
        List<TraceStep> steps = record(0, true, false);
        assertThat(steps).hasSize(1);
        assertThat(avail(steps).indirect()).isEqualTo(Optional.of(new TraceStep.IndirectTable(INDIRECT_TABLE, 32)));
        assertThat(avail(steps).chain().stream().map(TraceDescriptor::address))
                .containsExactly(DATA, DATA + 4, DATA + 8);
        assertThat(((TraceStep.Used) record(0, true, true).get(0)).written()).hasSize(1);
    }

    @Test
    void endsWhereItGoesRoundInACircle() throws IOException {
        put(TABLE, 0, DATA, 1, NEXT, 1);
        put(TABLE, 1, DATA, 1, NEXT, 0);
        List<TraceStep> steps = record(0, true, false);
        assertThat(avail(steps).chain()).hasSize(8);
        assertThat(remark(steps)).contains("in a loop");
    }

    @Test
    void endsWhereItLeavesItsTable() throws IOException {
        put(TABLE, 0, DATA, 1, NEXT, 8);
        put(TABLE, 8, DATA, 1, 0, 0);
        List<TraceStep> steps = record(0, true, false);
        assertThat(avail(steps).chain()).hasSize(1);
        assertThat(remark(steps)).contains("out of its table");
        assertThat(remark(record(-1, true, true))).contains("out of its table");
    }

    @Test
    @DisplayName("ends at an indirect descriptor that was not negotiated, is nested, empty, odd or too long")
    void endsAtAWrongTable() throws IOException {
        put(TABLE, 0, INDIRECT_TABLE, 32, INDIRECT, 0);
        assertThat(remark(record(0, false, false))).contains("indirect");
        put(INDIRECT_TABLE, 0, INDIRECT_TABLE, 32, INDIRECT, 0);
        assertThat(remark(record(0, true, false))).contains("indirect");
        for (int length : new int[] {0, 17, 16 * 2049, -16}) {
            put(TABLE, 0, INDIRECT_TABLE, length, INDIRECT, 0);
            assertThat(remark(record(0, true, false))).contains("indirect");
        }
    }

    @Test
    @DisplayName("ends where it becomes longer than any message, without a byte of that copied")
    void endsWhereItIsTooLong() throws IOException {
        put(TABLE, 0, DATA, 4, NEXT, 1);
        put(TABLE, 1, DATA, (16 << 20) - 3, NEXT, 2);
        put(TABLE, 2, DATA, 1, 0, 0);
        List<TraceStep> steps = record(0, true, false);
        assertThat(avail(steps).chain()).hasSize(2);
        assertThat(avail(steps).chain().get(1).content()).isEqualTo(TraceContent.OMITTED);
        assertThat(remark(steps)).contains("beyond");
        put(TABLE, 0, DATA, -1, 0, 0);
        assertThat(avail(record(0, true, false)).chain().get(0).length()).isEqualTo(0xffff_ffffL);
    }

    @Test
    @DisplayName("says which memory could not be read, and goes on behind it")
    void saysWhatCannotBeRead() throws IOException {
        put(TABLE, 0, BASE + RAM_BYTES - 4, 8, NEXT, 1);
        put(TABLE, 1, -8, 8, NEXT, 2);
        put(TABLE, 2, DATA, 1, 0, 0);
        List<TraceStep> steps = record(0, true, false);
        assertThat(avail(steps).chain().stream().map(TraceDescriptor::content))
                .containsExactly(TraceContent.OMITTED, TraceContent.OMITTED, new TraceContent.Hex("00"));
        assertThat(steps.subList(1, 3).stream().map(step -> ((TraceStep.Mark) step).name()))
                .containsExactly(
                        "guest memory at 0x1000ffffc, 8 bytes, cannot be read",
                        "guest memory at 0xfffffffffffffff8, 8 bytes, cannot be read");
        put(TABLE, 0, INDIRECT_TABLE, 32, INDIRECT, 0);
        put(TABLE, 0, 0, 32, INDIRECT, 0);
        assertThat(remark(record(0, true, false))).isEqualTo("guest memory at 0x0, 16 bytes, cannot be read");
    }
}
