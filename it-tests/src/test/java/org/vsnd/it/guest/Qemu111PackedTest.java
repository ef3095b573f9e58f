// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Qemu;

/** The same over packed rings, which this QEMU offers the guest because vsnd does. */
@DisplayName("vhost-user in QEMU 11.1, packed rings")
class Qemu111PackedTest extends VhostUserGuest {
    Qemu111PackedTest() throws BootException {
        super(Qemu.cached(cache(), System.err::println), true);
    }
}
