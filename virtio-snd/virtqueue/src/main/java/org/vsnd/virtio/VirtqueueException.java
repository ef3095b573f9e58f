// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** The guest's ring or descriptors break the rules of VIRTIO 1.4 section 2.7. The guest's fault: no stack trace. */
public final class VirtqueueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, for the log: names the queue and the field */
    public VirtqueueException(String message) {
        super(message, null, false, false);
    }
}
