// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Qemu;

/** With the newest QEMU for Debian 13, which has cards over both protocols in one machine. */
@DisplayName("vhost-user in QEMU 11.1")
class Qemu111Test extends VhostUserGuest {
    Qemu111Test() throws BootException {
        super(Qemu.cached(cache(), System.err::println));
    }
}
