// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Qemu;

/** The same over packed rings, which this QEMU offers the guest because vsnd does. */
@DisplayName("vhost-user in QEMU 10.0, packed rings")
class Qemu100PackedTest extends VhostUserGuest {
    Qemu100PackedTest() throws BootException {
        super(Qemu.cachedStable(cache(), System.err::println), true);
    }
}
