// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** The way from a device to the guest's interrupt controller. Device thread only; never blocks, never allocates. */
public interface PciInterrupts {
    /** The most MSI-X vectors that the host can take, 0..2048; with 0 the device must not offer MSI-X. Constant. */
    int msixVectors();

    /**
     * Whether the host masks MSI-X. True (vfio-user): the host owns the table and the masks, and the device forwards
     * every trigger. False (in process): the device's own table masks and keeps pending bits. Constant.
     */
    boolean hostMasksMsix();

    /**
     * Sends one message-signalled interrupt.
     *
     * @param vector index in the device's table, used by a host that masks
     * @param address the message address of the device's table entry, used by an in-process host
     * @param data the message data of the device's table entry
     */
    void sendMsix(int vector, long address, int data);

    /** Whether the host holds back an interrupt of this vector; feeds reads of the pending bits when the host masks. */
    boolean msixPending(int vector);

    /**
     * How long an interrupt may be on its way: nanoseconds from {@link #sendMsix} or {@link #setIntx} to the moment
     * when a processor of the guest has taken it, while neither guest nor host stands still. Some drivers cannot cope
     * with an interrupt that comes after they have seen its cause; the device then waits this long. 0 only if no
     * processor of the guest executes anything before it takes the interrupt, as in an emulator whose only processor
     * runs on the device's thread. Constant.
     */
    default long deliveryNanos() {
        return 30_000_000;
    }

    /**
     * Whether the host knows that the last message of this vector is still with it, for instance because the eventfd it
     * went into has not been read. False if it cannot know.
     */
    default boolean msixUnderway(int vector) {
        return false;
    }

    /** Sets the level of the function's INTA# line. Setting the current level does nothing. */
    void setIntx(boolean asserted);
}
