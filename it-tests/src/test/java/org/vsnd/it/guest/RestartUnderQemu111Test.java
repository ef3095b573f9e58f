// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Qemu;

/** With the newest QEMU that Debian 13 backports. */
@DisplayName("vsnd is restarted under a guest in QEMU 11.1")
class RestartUnderQemu111Test extends RestartUnderQemu {
    RestartUnderQemu111Test() throws BootException {
        super(Qemu.cached(VhostUserGuest.cache(), System.err::println));
    }
}
