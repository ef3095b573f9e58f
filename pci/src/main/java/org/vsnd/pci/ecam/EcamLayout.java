// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

/**
 * Where a host puts the windows of one PCI bus into the guest's physical memory. Addresses are the same on the bus as
 * in the guest's memory.
 *
 * @param ecamAddress of configuration space, {@value #ECAM_BYTES} bytes: a multiple of that
 * @param windowAddress of the window below 4 GiB for BARs: a multiple of 4096
 * @param windowBytes a multiple of 4096, or 0 for no such window
 * @param highWindowAddress of the window at or above 4 GiB for 64-bit BARs: a multiple of 4096
 * @param highWindowBytes a multiple of 4096, or 0 for no such window
 */
public record EcamLayout(
        long ecamAddress, long windowAddress, long windowBytes, long highWindowAddress, long highWindowBytes) {
    /** Bytes of one bus's configuration space: 32 devices of 8 functions of 4096 bytes. */
    public static final int ECAM_BYTES = 1 << 20;

    private static final int PAGE = 4096;
    private static final long FOUR_GIB = 1L << 32;

    /**
     * Checks the rules above.
     *
     * @throws IllegalArgumentException if one is violated, or windows overlap; the message says which
     */
    public EcamLayout {
        require(
                ecamAddress >= 0 && ecamAddress % ECAM_BYTES == 0,
                String.format("the ECAM window at 0x%x must begin at a multiple of 1 MiB", ecamAddress));
        require(windowBytes != 0 || highWindowBytes != 0, "a bus needs a window for BARs: give at least one");
        if (windowBytes != 0) {
            String window = String.format("the window at 0x%x of 0x%x bytes", windowAddress, windowBytes);
            checkWindow(window, windowAddress, windowBytes, ecamAddress);
            require(windowAddress + windowBytes <= FOUR_GIB, window + " must end below 4 GiB: make it the high one");
        }
        if (highWindowBytes != 0) {
            String window = String.format("the high window at 0x%x of 0x%x bytes", highWindowAddress, highWindowBytes);
            checkWindow(window, highWindowAddress, highWindowBytes, ecamAddress);
            require(highWindowAddress >= FOUR_GIB, window + " must begin at 4 GiB or above");
        }
    }

    /** A layout with a window below 4 GiB only. */
    public EcamLayout(long ecamAddress, long windowAddress, long windowBytes) {
        this(ecamAddress, windowAddress, windowBytes, 0, 0);
    }

    /** Whether {@link EcamHostBridge#readEcam} and its counterpart answer for this address, less {@link #ecamAddress}. */
    public boolean isEcam(long address) {
        return within(address, ecamAddress, ECAM_BYTES);
    }

    /** Whether {@link EcamHostBridge#readWindow} and its counterpart answer for this address. */
    public boolean isWindow(long address) {
        return within(address, windowAddress, windowBytes) || within(address, highWindowAddress, highWindowBytes);
    }

    private static boolean within(long address, long start, long bytes) {
        return Long.compareUnsigned(address - start, bytes) < 0;
    }

    private static void checkWindow(String window, long address, long bytes, long ecamAddress) {
        require(
                address >= 0 && bytes > 0 && bytes <= Long.MAX_VALUE - address,
                window + " reaches beyond what can be addressed");
        require(address % PAGE == 0 && bytes % PAGE == 0, window + " must be made of whole pages of 4096 bytes");
        require(
                address - ecamAddress >= ECAM_BYTES || ecamAddress - address >= bytes,
                window + " overlaps the ECAM window");
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
