// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;

/** With the newest kernel of Debian 13's backports; the first card has packed rings, and the driver does not kick. */
@DisplayName("the whole card in the newest Linux that Debian 13 backports")
class BackportedLinuxTest extends LinuxCardGuest {
    BackportedLinuxTest() {
        super((cache, debian) -> NewestKernel.obtain(cache, debian, System.err::println), Ring.PACKED, Ring.SPLIT);
    }
}
