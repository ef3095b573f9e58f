// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import org.vsnd.guest.driver.Bus;

/** The way to a card through a monitor that has it behind a socket. One thread; the wall clock. */
public interface MonitorBus extends Bus {
    /** The machine's reset. */
    void systemReset();

    /** Unplugs as the monitor does when it is asked to: everything is given back before the socket closes. */
    void unplug();

    @Override
    void close();
}
