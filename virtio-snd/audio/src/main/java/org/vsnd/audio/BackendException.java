package org.vsnd.audio;

/** A back end cannot be had as the operator asked. The message is one sentence that says what to do. */
public final class BackendException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence for the operator */
    public BackendException(String message) {
        super(message);
    }
}
