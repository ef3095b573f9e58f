// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.vsnd.spi.Host;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;

/** A function whose state is BAR 0 below {@link #HOOK}, and that refuses a state of any other length. */
final class SavedFunction extends FakeFunction implements Snapshotable {
    /** So many restores are to fail. */
    final AtomicInteger failingRestores = new AtomicInteger();

    /** Runs at each restore. */
    volatile Runnable restoreTask = () -> {};

    final AtomicInteger restores = new AtomicInteger();

    SavedFunction(Host host) {
        super(host);
    }

    @Override
    public byte[] snapshot() {
        return Arrays.copyOf(bar.array(), HOOK);
    }

    @Override
    public void restore(byte[] snapshot) throws SnapshotException {
        if (snapshot.length != HOOK || failingRestores.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new SnapshotException("it has " + snapshot.length + " bytes");
        }
        bar.put(0, snapshot);
        restoreTask.run();
        restores.incrementAndGet();
    }
}
