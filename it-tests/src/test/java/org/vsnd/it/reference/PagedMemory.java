// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import java.nio.ByteBuffer;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

// guide: memory
/** The emulator's memory, which it keeps in pages, as the card sees it. */
public final class PagedMemory implements GuestMemory {
    /** Bytes of a page. */
    public static final int PAGE = 4096;

    private final long base;
    private final byte[][] pages;

    /** @param base guest-physical address of the first page */
    public PagedMemory(long base, byte[][] pages) {
        this.base = base;
        this.pages = pages;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        for (long at = checked(address, dst.remaining(), 1); dst.hasRemaining(); at++) {
            dst.put(pages[(int) (at / PAGE)][(int) (at % PAGE)]);
        }
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        for (long at = checked(address, src.remaining(), 1); src.hasRemaining(); at++) {
            pages[(int) (at / PAGE)][(int) (at % PAGE)] = src.get();
        }
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        long at = checked(address, 2, 2);
        byte[] page = pages[(int) (at / PAGE)];
        return (short) ((page[(int) (at % PAGE)] & 0xff) | (page[(int) (at % PAGE) + 1] << 8));
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        long at = checked(address, 2, 2);
        byte[] page = pages[(int) (at / PAGE)];
        page[(int) (at % PAGE)] = (byte) value;
        page[(int) (at % PAGE) + 1] = (byte) (value >> 8);
    }

    private long checked(long address, int length, int align) throws GuestMemoryException {
        long at = address - base;
        if (at < 0 || at > (long) pages.length * PAGE - length || at % align != 0) {
            throw new GuestMemoryException(address, length);
        }
        return at;
    }
}
// guide: end
