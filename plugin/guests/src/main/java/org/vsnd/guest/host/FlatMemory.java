// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * One piece of guest memory. With the guard on, every access of the device outside what the driver has offered, or of
 * memory it has taken back, is refused and recorded. Allocates nothing while there is nothing to record.
 */
public final class FlatMemory implements GuestMemory, DmaGuard {
    private static final byte READABLE = 1;
    private static final byte WRITABLE = 2;
    private static final int MAX_VIOLATIONS = 100;

    private final long base;
    private final ByteBuffer bytes;
    private final byte @Nullable [] rights; // by byte; null: no guard
    private final boolean alone; // there is no other memory: whoever touches it has made the address up
    private final List<String> violations = new ArrayList<>();
    private long bytesWritten;

    private FlatMemory(long base, int length, boolean guarded, boolean alone) {
        this.base = base;
        this.alone = alone;
        bytes = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        rights = guarded ? new byte[length] : null;
    }

    /** Memory that the device may touch everywhere. */
    public static FlatMemory open(long base, int length) {
        return new FlatMemory(base, length, false, false);
    }

    /** Memory of which the device may touch only what the driver offers. */
    public static FlatMemory guarded(long base, int length) {
        return new FlatMemory(base, length, true, false);
    }

    /** The same, for a driver whose every address lies in it: an access beyond it is recorded as well. */
    public static FlatMemory guardedAlone(long base, int length) {
        return new FlatMemory(base, length, true, true);
    }

    /** The same memory as the guest's CPU sees it. */
    public GuestRam ram() {
        return new GuestRam(base, bytes);
    }

    /** What the device should not have done, in words. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** Bytes the device has written so far. */
    public long bytesWritten() {
        return bytesWritten;
    }

    private int check(long address, int length, byte right) throws GuestMemoryException {
        long at = address - base;
        if (at < 0 || at > bytes.capacity() - (long) length) {
            if (alone) {
                record("%s of %d bytes at 0x%x: there is no memory", right, address, length, 0);
            }
            throw new GuestMemoryException(address, length);
        }
        if (rights != null) {
            for (int i = 0; i < length; i++) {
                if ((rights[(int) at + i] & right) == 0) {
                    record("%s of %d bytes at 0x%x: byte %d is not the device's", right, address, length, i);
                    throw new GuestMemoryException(address, length);
                }
            }
        }
        return (int) at;
    }

    private void record(String words, byte right, long address, int length, int at) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(String.format(words, right == WRITABLE ? "write" : "read", length, address, at));
        }
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        int length = dst.remaining();
        int at = check(address, length, READABLE);
        dst.put(dst.position(), bytes, at, length);
        dst.position(dst.limit());
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        int length = src.remaining();
        int at = check(address, length, WRITABLE);
        bytes.put(at, src, src.position(), length);
        src.position(src.limit());
        bytesWritten += length;
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        if ((address & 1) != 0) {
            throw new GuestMemoryException(address, 2);
        }
        short value = bytes.getShort(check(address, 2, READABLE));
        VarHandle.acquireFence();
        return value;
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        if ((address & 1) != 0) {
            throw new GuestMemoryException(address, 2);
        }
        int at = check(address, 2, WRITABLE);
        VarHandle.releaseFence();
        bytes.putShort(at, value);
        bytesWritten += 2;
    }

    @Override
    public void offer(long address, long length, boolean writable) {
        set(address, length, writable ? (byte) (READABLE | WRITABLE) : READABLE);
    }

    @Override
    public void withdraw(long address, long length) {
        set(address, length, (byte) 0);
    }

    private void set(long address, long length, byte right) {
        if (rights == null) {
            return;
        }
        for (long at = Math.max(address - base, 0); at < Math.min(address - base + length, rights.length); at++) {
            rights[(int) at] = right;
        }
    }
}
