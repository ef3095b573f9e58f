// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.testing.Waiting;

/** A driver's split ring, and its front end. */
final class TestRing implements AutoCloseable {
    static final int SIZE = 8;
    private static final int RING_BYTES = 0x1000;
    private static final int AVAIL = 0x400;
    private static final int USED = 0x800;
    private static final int U16 = 0xffff;

    private TestClient client;
    private final ByteBuffer ram;
    final int index;
    private final int at;
    final EventFd kick = EventFd.create();
    final EventFd call = EventFd.create();
    private int availIdx;
    private int usedSeen;

    /** @param begin where the ring's indexes are */
    TestRing(TestClient client, int index, int begin) throws ErrnoException {
        this.client = client;
        this.index = index;
        at = index * RING_BYTES;
        availIdx = begin;
        usedSeen = begin;
        ram = client.ram();
        ram.putShort(at + AVAIL + 2, (short) begin).putShort(at + USED + 2, (short) begin);
        for (int head = 0; head < SIZE; head++) {
            ram.putLong(at + 16 * head, TestClient.GUEST + 0x8000 + 16L * head)
                    .putInt(at + 16 * head + 8, 16)
                    .putInt(at + 16 * head + 12, 0);
        }
    }

    /** The same machine has another front end now. */
    void useFrom(TestClient other) {
        client = other;
    }

    /** Describes the ring and starts it. */
    void start(int base) throws ErrnoException {
        describe(base);
        client.setFd(TestClient.SET_VRING_KICK, index, kick);
        client.setFd(TestClient.SET_VRING_CALL, index, call);
        enable(1);
    }

    void describe(int base) throws ErrnoException {
        client.tell(TestClient.SET_VRING_NUM, TestClient.state(index, SIZE));
        client.tell(TestClient.SET_VRING_ADDR, addr());
        client.tell(TestClient.SET_VRING_BASE, TestClient.state(index, base));
    }

    ByteBuffer addr() {
        long user = TestClient.USER + at;
        return TestClient.le(40)
                .putInt(0, index)
                .putLong(8, user)
                .putLong(16, user + USED)
                .putLong(24, user + AVAIL);
    }

    void enable(int on) throws ErrnoException {
        client.tell(TestClient.SET_VRING_ENABLE, TestClient.state(index, on));
    }

    /** Makes chains available, without a kick. */
    void offer(int... heads) {
        for (int head : heads) {
            ram.putShort(at + AVAIL + 4 + 2 * (availIdx % SIZE), (short) head);
            availIdx = (availIdx + 1) & U16;
        }
        ram.putShort(at + AVAIL + 2, (short) availIdx);
    }

    /** Heads given back since the last time. */
    List<Integer> used() {
        List<Integer> heads = new ArrayList<>();
        int usedIdx = ram.getShort(at + USED + 2) & U16;
        while (usedSeen != usedIdx) {
            heads.add(ram.getInt(at + USED + 4 + 8 * (usedSeen % SIZE)));
            usedSeen = (usedSeen + 1) & U16;
        }
        return heads;
    }

    int availIdx() {
        return availIdx;
    }

    void awaitCall() throws InterruptedException {
        Waiting.await("the call", call::drain);
    }

    void assertNoCall() {
        assertThat(call.drain()).isFalse();
    }

    @Override
    public void close() {
        kick.close();
        call.close();
    }
}
