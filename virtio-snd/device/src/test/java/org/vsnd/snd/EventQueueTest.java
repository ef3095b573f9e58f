// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.VirtioFeatures;

@DisplayName("The event queue")
class EventQueueTest {
    private static final int EVENT = VirtioSnd.VIRTIO_SND_VQ_EVENT;
    private static final Section SECTION = new Section("TEST", "test");

    /** A card's rings, with an event queue of the test's own. */
    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);

    private final @Nullable ServedQueue[] queues = new ServedQueue[VirtioSnd.VIRTIO_SND_VQ_MAX];
    private final ScheduledTasks tasks = new ScheduledTasks(rig.thread);
    private final QueueService service = new QueueService(tasks, queues, () -> {});
    private final EventQueue events = new EventQueue(service, habits());
    private final Source first = new Source(0x1000);
    private final Source second = new Source(0x1100);
    private final EventQueue.Event one = events.add(first);
    private final EventQueue.Event two = events.add(second);
    private final List<Long> buffers = new ArrayList<>();

    EventQueueTest() {
        queues[EVENT] = events;
        service.attach(rig);
        service.start();
    }

    private DriverHabits habits() {
        DriverHabits habits = new DriverHabits(traits -> {});
        habits.attach(rig);
        return habits;
    }

    private static final class Source implements EventSource {
        final int code;
        int data;
        int sent;

        Source(int code) {
            this.code = code;
        }

        @Override
        public int eventCode() {
            return code;
        }

        @Override
        public int eventData() {
            return data;
        }

        @Override
        public void eventSent() {
            sent++;
        }
    }

    private void post(int bytes) {
        buffers.add(rig.submit(EVENT, buffers.size(), new byte[0], bytes));
        rig.kick(EVENT);
    }

    private List<Long> used() {
        return rig.done.stream().map(Rig.Done::usedBytes).toList();
    }

    @Test
    @Tag("SND-25")
    @DisplayName("gives a waiting buffer back with the event in it")
    void waitingBuffer() {
        post(8);
        post(8);
        assertThat(used()).as("nothing to say").isEmpty();
        assertThat(rig.queue(EVENT).segmentsHeld())
                .as("buffers stay in the ring")
                .isZero();
        first.data = 5;
        one.raise();
        assertThat(used()).containsExactly(8L);
        assertThat(rig.bytes(buffers.get(0), 8)).containsExactly(0, 0x10, 0, 0, 5, 0, 0, 0);
        assertThat(first.sent).isOne();
    }

    @Test
    @Tag("SND-26")
    @DisplayName("says how things are when there is a buffer, once for each source, the first to change first")
    void coalesces() {
        for (int i = 0; i < 1000; i++) {
            first.data = i;
            second.data = -i;
            two.raise();
            one.raise();
        }
        post(8);
        post(8);
        post(8);
        assertThat(used()).containsExactly(8L, 8L);
        assertThat(rig.bytes(buffers.get(0), 8)).containsExactly(0, 0x11, 0, 0, 0x19, 0xfc, 0xff, 0xff);
        assertThat(rig.bytes(buffers.get(1), 8)).containsExactly(0, 0x10, 0, 0, 0xe7, 0x03, 0, 0);
    }

    @Test
    @Tag("SND-07")
    @DisplayName("gives short buffers back empty, and those that are in no memory; the event waits for a good one")
    void shortBuffers() {
        one.raise();
        post(7);
        post(0);
        rig.submitNowhere(EVENT, 99, 8);
        assertThat(first.sent)
                .as("a buffer with readable and writable parts will do")
                .isOne();
        assertThat(used()).containsExactly(0L, 0L, 8L);
        assertThat(rig.bytes(buffers.get(0), 7)).containsOnly(0);
    }

    @Test
    @DisplayName("leaves the rest to another turn after as many buffers as the ring has")
    void turns() {
        one.raise();
        int size = rig.queue(EVENT).size();
        rig.asleep = true;
        for (int i = 0; i < size / 2; i++) {
            rig.submit(EVENT, i, new byte[0], 4);
        }
        rig.kick(EVENT);
        assertThat(rig.usedIdx(EVENT)).isEqualTo(size / 2);
        assertThat(first.sent).isZero();
    }

    @Test
    @DisplayName("leaves the rest to another turn after buffers with thousands of descriptors")
    void descriptorsOfATurn() {
        int entries = 2048;
        int table = 0x200000;
        for (int i = 0; i < entries; i++) {
            put(table + 16 * i, 0, 0, 0, i + 1 == entries ? 0 : 1 | (i + 1) << 16);
        }
        rig.queue(EVENT).setFeatures(VirtioFeatures.VIRTIO_F_INDIRECT_DESC);
        int ring = EVENT * 0x8000;
        int chains = 16;
        for (int i = 0; i < chains; i += 2) {
            put(ring + 16 * i, table, 0, 16 * entries, 4);
            put(ring + 16 * (i + 1), table, 0, 16 * entries, 4);
            put(ring + 0x2004 + 2 * i, i | (i + 1) << 16);
        }
        rig.asleep = true; // these chains are not the rig's
        put(ring + 0x2000, chains << 16);
        one.raise();
        assertThat(rig.usedIdx(EVENT)).isEqualTo(8);
        rig.thread.advance(0);
        assertThat(rig.usedIdx(EVENT)).isEqualTo(chains);
        assertThat(first.sent).isZero();
    }

    private void put(int address, int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        rig.put(address, bytes.array());
    }

    @Test
    @DisplayName("says nothing that was withdrawn, nor to a driver that was reset or has not begun")
    void withdrawn() {
        one.raise();
        two.raise();
        one.withdraw();
        one.withdraw();
        post(8);
        assertThat(second.sent).isOne();
        two.raise();
        service.stop();
        events.reset();
        one.raise();
        service.start();
        post(8);
        assertThat(used()).containsExactly(8L);
        assertThat(first.sent).isZero();
    }

    @Test
    @DisplayName("keeps what is pending over a reset of the queue")
    void queueReset() {
        one.raise();
        rig.queues.get(EVENT).reset();
        events.forget();
        rig.enable(EVENT);
        rig.kick(EVENT);
        assertThat(first.sent).isZero();
        post(8);
        assertThat(first.sent).isOne();
    }

    private byte[] saved() {
        SnapshotWriter out = new SnapshotWriter(0).section(SECTION);
        events.save(out);
        return out.finish();
    }

    private Runnable load(byte[] saved) throws SnapshotException {
        SnapshotReader in = new SnapshotReader(saved, 0);
        in.section(SECTION);
        Runnable step = events.load(in);
        in.end();
        return step;
    }

    @Test
    @DisplayName("is in snapshots, in its order")
    void snapshot() throws SnapshotException {
        two.raise();
        one.raise();
        byte[] saved = saved();
        events.reset();
        one.raise();
        load(saved).run();
        post(8);
        assertThat(second.sent).isOne();
        assertThat(first.sent).isZero();
        post(8);
        assertThat(first.sent).isOne();
        post(8);
        assertThat(used()).hasSize(2);
    }

    @Test
    @DisplayName("refuses a snapshot in which an event is pending twice")
    void damagedSnapshot() {
        byte[] twice =
                new SnapshotWriter(0).section(SECTION).u16(2).u16(1).u16(1).finish();
        assertThatThrownBy(() -> load(twice))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("twice");
    }

    @Test
    @Tag("PCI-03")
    @DisplayName("needs a reset when its ring breaks the rules while there is something to say")
    void brokenRing() {
        rig.put(0x8000L + 0x2000 + 2, new byte[] {(byte) 200, 0});
        rig.kick(EVENT);
        assertThat(rig.fault).as("nothing to say, nothing to see").isEmpty();
        one.raise();
        assertThat(rig.fault).isNotEmpty();
        two.raise();
        assertThat(second.sent).isZero();
    }
}
