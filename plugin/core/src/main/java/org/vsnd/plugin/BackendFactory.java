// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;

/** Opens one kind of back end. */
@FunctionalInterface
public interface BackendFactory {
    /**
     * Opens it.
     *
     * @param arguments what the operator wrote after the kind and its colon; empty if nothing
     * @param waitWhenFull true under a virtual time base: a back end that writes files waits for the disk
     * @throws BackendException if it is not available
     */
    AudioBackend open(String arguments, boolean waitWhenFull) throws BackendException;
}
