// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a file, mapped shared and seen through {@link ByteBuffer} windows of 1 GiB, little endian; offsets are
 * within the piece. One thread at a time; no window may be kept beyond {@link #close()}.
 *
 * <p>If the file is shortened, an access beyond its end raises {@link InternalError} instead of killing the process,
 * but only for plain accesses and bulk copies of a {@code ByteBuffer} (no VarHandle access modes, no foreign function
 * pointers), and the error may come later than the access: see {@link #settleFaults()}.
 */
public final class MappedFile implements AutoCloseable {
    private static final int WINDOW_SHIFT = 30;
    private static final long WINDOW_BYTES = 1L << WINDOW_SHIFT;
    private static final long WINDOW_MASK = WINDOW_BYTES - 1;
    private static final @Nullable ByteBuffer[] NONE = {};

    private static final long FUTEX = "aarch64".equals(System.getProperty("os.arch")) ? 98 : 202;
    private static final int FUTEX_WAKE_OP_PRIVATE = 5 | 128;
    /** FUTEX_OP_OR and FUTEX_OP_OPARG_SHIFT: sets the bit whose number is the argument. */
    private static final long FUTEX_OP_OR_BIT = (2 | 8) << 28 & 0xffff_ffffL;

    private static final int FUTEX_OP_ARG_SHIFT = 12;

    private final long address;
    private final long lengthBytes;
    private final boolean writable;
    /** Made when first used: of a large piece hardly any ever is. */
    private @Nullable ByteBuffer[] windows;

    private MappedFile(int fd, long start, long lengthBytes, boolean writable) throws ErrnoException {
        this.lengthBytes = lengthBytes;
        this.writable = writable;
        windows = new @Nullable ByteBuffer[Math.toIntExact((lengthBytes + WINDOW_MASK) >>> WINDOW_SHIFT)];
        int prot = LibC.PROT_READ | (writable ? LibC.PROT_WRITE : 0);
        // Last: if there is no memory for the object, nothing has been mapped.
        address = LibC.mmap(0, lengthBytes, prot, LibC.MAP_SHARED | LibC.MAP_NORESERVE, fd, start);
        if (address == -1) {
            throw ErrnoException.last("map " + lengthBytes + " bytes");
        }
    }

    /** Maps a file's first bytes, see {@link #map(int, long, long, boolean)}. */
    public static MappedFile map(int fd, long lengthBytes, boolean writable) throws ErrnoException {
        return map(fd, 0, lengthBytes, writable);
    }

    /**
     * Maps a piece of a file. The descriptor may be closed afterwards.
     *
     * @param fd an open file
     * @param start where the piece begins in the file, a multiple of the {@linkplain FileStatus#pageBytes page}
     * @param lengthBytes of the piece, at least 1
     * @param writable whether stores are wanted
     */
    public static MappedFile map(int fd, long start, long lengthBytes, boolean writable) throws ErrnoException {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("length " + lengthBytes);
        }
        return new MappedFile(fd, start, lengthBytes, writable);
    }

    /** Bytes mapped. */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** Whether stores are possible; a store to a mapping that is not writable raises {@link InternalError}. */
    public boolean writable() {
        return writable;
    }

    /**
     * The window that holds a byte of the piece; the byte is at {@link #indexOf} in it.
     *
     * @param offset 0 to the length
     */
    public ByteBuffer window(long offset) {
        int number = (int) (offset >>> WINDOW_SHIFT);
        ByteBuffer window = windows[number];
        return window != null ? window : makeWindow(number);
    }

    private ByteBuffer makeWindow(int number) {
        long start = (long) number << WINDOW_SHIFT;
        // SAFETY: inside the mapping, which lives until close() empties this table.
        ByteBuffer window = new Pointer(address)
                .getByteBuffer(start, Math.min(WINDOW_BYTES, lengthBytes - start))
                .order(ByteOrder.LITTLE_ENDIAN);
        windows[number] = window;
        return window;
    }

    /** Where a byte of the piece is in its window. */
    public static int indexOf(long offset) {
        return (int) (offset & WINDOW_MASK);
    }

    /** Bytes from {@code offset} to the end of its window. */
    public long bytesToWindowEnd(long offset) {
        return Math.min(lengthBytes - offset, WINDOW_BYTES - (offset & WINDOW_MASK));
    }

    /**
     * Sets one bit, and leaves those beside it to others who change them at the same time. An atomic access by the JVM would end
     * the process if the page is gone; so the kernel does it ({@code FUTEX_WAKE_OP} with nobody to wake).
     *
     * @param offset of the bit's byte, within the piece
     * @param bit 0..7
     * @return whether it is set now: not if the page is gone
     */
    public boolean setBit(long offset, int bit) {
        long word = address + (offset & -Integer.BYTES); // a mapping begins and ends with a page
        long operation = FUTEX_OP_OR_BIT | ((offset & (Integer.BYTES - 1)) * Byte.SIZE + bit) << FUTEX_OP_ARG_SHIFT;
        return LibC.syscall(FUTEX, word, FUTEX_WAKE_OP_PRIVATE, 0, 0, word, operation) >= 0;
    }

    /**
     * Makes a pending {@link InternalError} of an earlier access to a page that is gone come now. One cheap
     * native call: the JVM delivers the error no later than on the return from it.
     */
    public static void settleFaults() {
        LibC.getpid();
    }

    @Override
    public void close() {
        if (windows.length > 0) {
            windows = NONE;
            LibC.munmap(address, lengthBytes);
        }
    }
}
