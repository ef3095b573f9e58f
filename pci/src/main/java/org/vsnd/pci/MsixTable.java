// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import java.util.Arrays;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciInterrupts;
import org.vsnd.spi.SnapshotException;

/**
 * MSI-X of one function (PCI 3.0 section 6.8.2): table, pending bits and the decision whether a message is sent now.
 *
 * <p>When the host masks (vfio-user), table and mask bits live with the host: every trigger is forwarded, whatever our
 * copy of the table says. Otherwise a masked vector's message is kept as a pending bit and sent when it is unmasked
 * (PCI-56). In both cases nothing is sent while bus mastering is off; the message waits as a pending bit (PCI-57).
 *
 * <p>Device thread only; allocates nothing after construction. With 0 vectors it is an empty table that is never enabled.
 */
public final class MsixTable {
    /** The most vectors that a table can have. */
    public static final int MAX_VECTORS = 2048;
    /** Message Control, relative to the capability. */
    public static final int MESSAGE_CONTROL = 0x02; // le16 RW
    /** Bytes of the capability. */
    public static final int CAPABILITY_LENGTH = 12;
    /** Message Control: MSI-X is on. */
    public static final int ENABLE = 1 << 15;
    /** Message Control: all vectors are masked. */
    public static final int FUNCTION_MASK = 1 << 14;

    private static final Section SECTION = new Section("MSIX", "msix");
    private static final int TABLE_OFFSET = 0x04; // le32 R
    private static final int PBA_OFFSET = 0x08; // le32 R
    private static final int ENTRY_LENGTH = 16;
    private static final int SMALLEST_PBA_OFFSET = 0x800;
    // A table entry as dwords.
    private static final int ADDRESS_LOW = 0; // RW, bits 1:0 are 0
    private static final int ADDRESS_HIGH = 1; // RW
    private static final int DATA = 2; // RW
    private static final int VECTOR_CONTROL = 3; // RW, bit 0 masks; set on reset
    private static final int MASKED = 1;

    private final int vectors;
    private final PciInterrupts interrupts;
    private final boolean hostMasks;
    private final int[] entries;
    private final long[] pending;
    private final int pbaOffset;

    private boolean enabled;
    private boolean functionMasked;
    private boolean busMaster;

    /** @param vectors 0..{@value #MAX_VECTORS} */
    public MsixTable(int vectors, PciInterrupts interrupts) {
        if (vectors < 0 || vectors > MAX_VECTORS) {
            throw new IllegalArgumentException(vectors + " MSI-X vectors");
        }
        this.vectors = vectors;
        this.interrupts = interrupts;
        hostMasks = interrupts.hostMasksMsix();
        entries = new int[4 * vectors];
        pending = new long[(vectors + 63) / 64];
        int tableBytes = Math.max(ENTRY_LENGTH * vectors, SMALLEST_PBA_OFFSET);
        pbaOffset = Integer.highestOneBit(2 * tableBytes - 1);
        reset();
    }

    /** Vectors in the table. */
    public int vectors() {
        return vectors;
    }

    /** Whether the guest has turned MSI-X on. */
    public boolean enabled() {
        return enabled;
    }

    /** The BAR that holds the table at 0 and the pending bits in its upper half: 4 KiB for up to 128 vectors. */
    public Bar bar(int index) {
        return new Bar(index, 2L * pbaOffset, false, false);
    }

    /** The capability, for a table in the given BAR (PCI-51). */
    public Capability capability(int bar) {
        return new Capability(Capability.ID_MSIX, CAPABILITY_LENGTH)
                .field(MESSAGE_CONTROL, 2, vectors - 1, ENABLE | FUNCTION_MASK)
                .field(TABLE_OFFSET, 4, bar)
                .field(PBA_OFFSET, 4, pbaOffset | bar);
    }

    /** The guest has written Message Control. */
    public void setMessageControl(int messageControl) {
        enabled = vectors > 0 && (messageControl & ENABLE) != 0;
        functionMasked = (messageControl & FUNCTION_MASK) != 0;
        sendPending();
    }

    /** The guest has written Command bit 2. */
    public void setBusMaster(boolean busMaster) {
        this.busMaster = busMaster;
        sendPending();
    }

    /** Sends the vector's message, or keeps it pending. Call only while {@link #enabled()}. */
    public void trigger(int vector) {
        if (deliverable(vector)) {
            send(vector);
        } else {
            pending[vector >> 6] |= 1L << vector;
        }
    }

    /** Whether the vector's last message is known not to have reached the guest. */
    public boolean underway(int vector) {
        return (pending[vector >> 6] & 1L << vector) != 0
                || interrupts.msixPending(vector)
                || interrupts.msixUnderway(vector);
    }

    /** Drops every message not sent yet. */
    public void clearPending() {
        Arrays.fill(pending, 0);
    }

    /** Makes every entry zero and masked, nothing pending, MSI-X off. Bus mastering stays as it is. */
    public void reset() {
        Arrays.fill(entries, 0);
        for (int vector = 0; vector < vectors; vector++) {
            entries[4 * vector + VECTOR_CONTROL] = MASKED;
        }
        clearPending();
        enabled = false;
        functionMasked = false;
    }

    /** Reads {@code size} (1..8) bytes of the BAR; bytes outside table and pending bits read as 0. */
    public long read(long offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (long) byteAt(offset + i) << (8 * i);
        }
        return value;
    }

    /** The guest writes {@code size} (1..8) bytes of the BAR; bytes outside the table are ignored. */
    public void write(long offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            long at = offset + i;
            if (at >= 0 && at < (long) ENTRY_LENGTH * vectors) {
                int dword = (int) at >> 2;
                int shift = 8 * ((int) at & 3);
                int lane = (int) (value >>> (8 * i)) & 0xff;
                entries[dword] = ((entries[dword] & ~(0xff << shift)) | (lane << shift)) & writeMask(dword & 3);
            }
        }
        sendPending();
    }

    /** Writes the section {@code MSIX}: table and pending bits. */
    public void save(SnapshotWriter out) {
        out.section(SECTION);
        for (int dword : entries) {
            out.i32(dword);
        }
        for (long word : pending) {
            out.i64(word);
        }
    }

    /**
     * Reads that section of a table with the same number of vectors, and changes nothing.
     *
     * @return puts table and pending bits in place; {@link #resume} comes next
     */
    public Runnable load(SnapshotReader in) throws SnapshotException {
        in.section(SECTION);
        int[] loadedEntries = new int[entries.length];
        for (int dword = 0; dword < entries.length; dword++) {
            loadedEntries[dword] = in.any32("a table entry");
            in.require((loadedEntries[dword] & ~writeMask(dword & 3)) == 0, "a table entry has impossible bits");
        }
        long[] loadedPending = new long[pending.length];
        for (int word = 0; word < pending.length; word++) {
            loadedPending[word] = in.any64("pending bits");
            int inWord = Math.min(64, vectors - 64 * word);
            in.require(inWord == 64 || loadedPending[word] >>> inWord == 0, "a missing vector is pending");
        }
        return () -> {
            System.arraycopy(loadedEntries, 0, entries, 0, entries.length);
            System.arraycopy(loadedPending, 0, pending, 0, pending.length);
        };
    }

    /** Sets Message Control and bus mastering after a snapshot was loaded: sends nothing, pending bits stay. */
    public void resume(int messageControl, boolean busMaster) {
        enabled = vectors > 0 && (messageControl & ENABLE) != 0;
        functionMasked = (messageControl & FUNCTION_MASK) != 0;
        this.busMaster = busMaster;
    }

    private static int writeMask(int field) {
        return field == ADDRESS_LOW ? ~3 : field == VECTOR_CONTROL ? MASKED : ~0;
    }

    private int byteAt(long offset) {
        if (offset >= 0 && offset < (long) ENTRY_LENGTH * vectors) {
            return entries[(int) offset >> 2] >>> (8 * ((int) offset & 3)) & 0xff;
        }
        if (offset >= pbaOffset && offset < pbaOffset + 8L * pending.length) {
            return pendingByte((int) offset - pbaOffset);
        }
        return 0;
    }

    private int pendingByte(int index) {
        int bits = (int) (pending[index >> 3] >>> (8 * (index & 7))) & 0xff;
        if (hostMasks) {
            for (int i = 0; i < 8 && 8 * index + i < vectors; i++) {
                bits |= interrupts.msixPending(8 * index + i) ? 1 << i : 0;
            }
        }
        return bits;
    }

    private boolean deliverable(int vector) {
        return enabled
                && busMaster
                && (hostMasks || (!functionMasked && (entries[4 * vector + VECTOR_CONTROL] & MASKED) == 0));
    }

    private void sendPending() {
        for (int word = 0; word < pending.length; word++) {
            for (long rest = pending[word]; rest != 0; rest &= rest - 1) {
                int vector = 64 * word + Long.numberOfTrailingZeros(rest);
                if (deliverable(vector)) {
                    pending[word] &= ~(1L << vector);
                    send(vector);
                }
            }
        }
    }

    private void send(int vector) {
        int entry = 4 * vector;
        long address = ((long) entries[entry + ADDRESS_HIGH] << 32) | (entries[entry + ADDRESS_LOW] & 0xffffffffL);
        interrupts.sendMsix(vector, address, entries[entry + DATA]);
    }
}
