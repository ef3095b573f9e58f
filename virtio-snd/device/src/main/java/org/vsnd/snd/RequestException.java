// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** A control request that is answered with an error status. It is the guest's fault, so there is no stack trace. */
final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private RequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** Malformed or invalid parameters. */
    static RequestException badMessage(String message) {
        return new RequestException(VirtioSnd.VIRTIO_SND_S_BAD_MSG, message);
    }

    /** An operation or parameter that the device does not offer. */
    static RequestException notSupported(String message) {
        return new RequestException(VirtioSnd.VIRTIO_SND_S_NOT_SUPP, message);
    }

    /** An operation that the device offers, but cannot do now. */
    static RequestException ioError(String message) {
        return new RequestException(VirtioSnd.VIRTIO_SND_S_IO_ERR, message);
    }

    /** The {@code VIRTIO_SND_S_*} code for the reply. */
    int status() {
        return status;
    }
}
