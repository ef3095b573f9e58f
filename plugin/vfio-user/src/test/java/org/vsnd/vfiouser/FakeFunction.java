// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.vsnd.spi.Bar;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * A function with plain memory for configuration space and BAR 0, an MSI-X capability of 4 vectors, a virtio
 * notification area at 0x800 of BAR 0, and a hook by which a test runs code on the device thread.
 */
class FakeFunction implements PciFunction {
    static final int BAR_SIZE = 0x1000;
    static final int NOTIFY = 0x800;
    static final int HOOK = 0x100;

    /** What a test wants done on the device thread when BAR 0 is written at {@link #HOOK} or in the notify area. */
    interface Hook {
        void run(long value) throws Exception;
    }

    final Host host;
    final ByteBuffer config = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    final ByteBuffer bar = ByteBuffer.allocate(BAR_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    volatile Hook hook = value -> {};
    volatile Runnable timerTask = () -> {};
    volatile Runnable wakeTask = () -> {};
    final Timer later;
    final Wakeup wakeup;
    volatile int resets;
    /** So many resets are to fail for want of memory. */
    volatile int failingResets;

    volatile int closes;

    FakeFunction(Host host) {
        this.host = host;
        later = host.thread().timer(() -> timerTask.run());
        wakeup = host.thread().wakeup(() -> wakeTask.run());
        config.putShort(0, (short) 0x1af4).putShort(2, (short) 0x1059);
        config.put(0x34, (byte) 0x40).put(0x3d, (byte) 1);
        config.put(0x40, (byte) 0x11).put(0x41, (byte) 0x50).putShort(0x42, (short) 3);
        config.put(0x50, (byte) 0x09).put(0x51, (byte) 0).put(0x52, (byte) 20).put(0x53, (byte) 2);
        config.put(0x54, (byte) 0).putInt(0x58, NOTIFY).putInt(0x5c, 0x100);
    }

    @Override
    public List<Bar> bars() {
        return List.of(new Bar(0, BAR_SIZE, false, false), new Bar(4, 0x4000, true, true));
    }

    @Override
    public int readConfig(int offset, int size) {
        int value = 0;
        for (int i = 0; i < size && offset + i < 4096; i++) {
            value |= Byte.toUnsignedInt(config.get(offset + i)) << (8 * i);
        }
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        for (int i = 0; i < size && offset + i < 4096; i++) {
            config.put(offset + i, (byte) (value >>> (8 * i)));
        }
    }

    @Override
    public long readBar(int index, long offset, int size) {
        long value = 0;
        for (int i = 0; index == 0 && i < size; i++) {
            value |= Byte.toUnsignedLong(bar.get((int) offset + i)) << (8 * i);
        }
        return value;
    }

    @Override
    public void writeBar(int index, long offset, int size, long value) {
        for (int i = 0; index == 0 && i < size; i++) {
            bar.put((int) offset + i, (byte) (value >>> (8 * i)));
        }
        if (index == 0 && (offset == HOOK || offset >= NOTIFY)) {
            try {
                hook.run(value);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void reset() {
        if (failingResets > 0) {
            failingResets--;
            throw new OutOfMemoryError("Java heap space");
        }
        resets++;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void close() {
        closes++;
    }
}
