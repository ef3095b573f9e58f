// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/** Told whether something is plugged in at the host. */
@FunctionalInterface
public interface PlugListener {
    /** It is so now. Any thread; must be quick and must not throw. */
    void plugged(boolean connected);

    /** A host that is no longer listened to. */
    interface Following extends AutoCloseable {
        /** Of a host that says nothing. */
        Following NONE = () -> {};

        /** Ends it: a call that is underway may still come. Any thread; idempotent. */
        @Override
        void close();
    }
}
