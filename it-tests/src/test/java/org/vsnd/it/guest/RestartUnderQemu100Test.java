// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Qemu;

/** With the QEMU that Debian 13 has when it is installed. */
@DisplayName("vsnd is restarted under a guest in QEMU 10.0")
class RestartUnderQemu100Test extends RestartUnderQemu {
    RestartUnderQemu100Test() throws BootException {
        super(Qemu.cachedStable(VhostUserGuest.cache(), System.err::println));
    }
}
