// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** A signal to a {@link DeviceThread}. */
public interface Wakeup {
    /** Makes the task run soon; several signals before it runs count as one. Any thread; never blocks or allocates. */
    void signal();
}
