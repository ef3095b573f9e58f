// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/**
 * A function whose state can be saved and restored: later, or into another function in another machine. Found with
 * {@link PciFunction#ability}. Device thread only, between two calls of the function and never from inside one.
 *
 * <p>The function saves its own state: registers, rings, the buffers it holds, and what is due when. The host saves
 * guest memory, the interrupt controller with the level of INTA#, and its clock. At a restore the guest's time is
 * what it was at the snapshot; {@link DeviceThread#nanoTime()} may count from another origin, since the function saves
 * times relative to the present.
 */
public interface Snapshotable {
    /**
     * Everything that {@link #restore} needs. Changes nothing that the guest or the host can see; allocates.
     *
     * @return bytes that begin with a magic number and a version and carry a checksum
     * @throws IllegalStateException if the function is closed
     */
    byte[] snapshot();

    /**
     * Makes the function what it was, whatever it is now. Guest memory is neither read nor written, and no
     * message-signalled interrupt is sent; {@link PciInterrupts#setIntx} is called if the level of the line changes. What
     * was due after some time is due after the same time.
     *
     * @param snapshot not kept, and not trusted: of a version that is known, of a function made with the same options
     * @throws SnapshotException if it is not; the function is then unchanged
     * @throws IllegalStateException if the function is closed
     */
    void restore(byte[] snapshot) throws SnapshotException;
}
