// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;

/** With the newest kernel of Debian 13's backports. */
@DisplayName("the whole card in the newest Linux that Debian 13 backports")
class BackportedLinuxTest extends LinuxCardGuest {
    BackportedLinuxTest() {
        super((cache, debian) -> NewestKernel.obtain(cache, debian, System.err::println));
    }
}
