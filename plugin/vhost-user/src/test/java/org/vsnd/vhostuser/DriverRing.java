// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.testing.Waiting;

/** A driver's ring, and its front end. */
abstract class DriverRing implements AutoCloseable {
    static final int SIZE = 8;
    private static final int RING_BYTES = 0x1000;

    private TestClient client;
    final ByteBuffer ram;
    final int index;
    final int at;
    final EventFd kick = EventFd.create();
    final EventFd call = EventFd.create();

    DriverRing(TestClient client, int index) throws ErrnoException {
        this.client = client;
        this.index = index;
        at = index * RING_BYTES;
        ram = client.ram();
    }

    /** The same machine has another front end now. */
    final void useFrom(TestClient other) {
        client = other;
    }

    /** Describes the ring and starts it. */
    final void start(int base) throws ErrnoException {
        describe(base);
        client.setFd(TestClient.SET_VRING_KICK, index, kick);
        client.setFd(TestClient.SET_VRING_CALL, index, call);
        enable(1);
    }

    final void describe(int base) throws ErrnoException {
        client.tell(TestClient.SET_VRING_NUM, TestClient.state(index, SIZE));
        client.tell(TestClient.SET_VRING_ADDR, addr());
        client.tell(TestClient.SET_VRING_BASE, TestClient.state(index, base));
    }

    /** The payload of SET_VRING_ADDR. */
    abstract ByteBuffer addr();

    final ByteBuffer addr(int driver, int device) {
        long user = TestClient.USER + at;
        return TestClient.le(40)
                .putInt(0, index)
                .putLong(8, user)
                .putLong(16, user + device)
                .putLong(24, user + driver);
    }

    final void enable(int on) throws ErrnoException {
        client.tell(TestClient.SET_VRING_ENABLE, TestClient.state(index, on));
    }

    /** Makes chains available, without a kick. */
    abstract void offer(int... heads);

    /** Heads given back since the last time. */
    abstract List<Integer> used();

    final void awaitCall() throws InterruptedException {
        Waiting.await("the call", call::drain);
    }

    final void assertNoCall() {
        assertThat(call.drain()).isFalse();
    }

    @Override
    public final void close() {
        kick.close();
        call.close();
    }
}
