package org.vsnd.spi;

/** The way from a device to the guest's interrupt controller. Device thread only; never blocks, never allocates. */
public interface PciInterrupts {
    /** Most MSI-X vectors the host can take, 0..2048; 0: the device must not offer MSI-X. Constant. */
    int msixVectors();

    /**
     * Who masks MSI-X. True (vfio-user): the host owns the table and the masks, and the device forwards every trigger.
     * False (in process): the device's own table masks and keeps pending bits. Constant.
     */
    boolean hostMasksMsix();

    /**
     * Sends one message-signalled interrupt.
     *
     * @param vector index in the device's table; what a host that masks goes by
     * @param address the message address of the device's table entry; what an in-process fabric goes by
     * @param data the message data of the device's table entry
     */
    void sendMsix(int vector, long address, int data);

    /** Whether the host holds back an interrupt of this vector; feeds reads of the pending bits when the host masks. */
    boolean msixPending(int vector);

    /** Sets the level of the function's INTA# line. Setting the level it has does nothing. */
    void setIntx(boolean asserted);
}
