// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** The guest's ring or descriptors break the rules of VIRTIO 1.4 sections 2.7 and 2.8. The guest's fault: no stack trace. */
public final class VirtqueueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, for the log: names the queue and the field */
    public VirtqueueException(String message) {
        super(message, null, false, false);
    }

    /** @param queue the queue's number */
    static VirtqueueException of(int queue, String what, long value) {
        return new VirtqueueException("queue " + queue + ": " + what + " 0x" + Long.toHexString(value));
    }
}
