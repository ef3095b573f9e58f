// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import org.junit.jupiter.api.DisplayName;

/** With the kernel of Debian 13, 6.12; the first card has split rings. */
@DisplayName("the whole card in Linux 6.12")
class DebianLinuxTest extends LinuxCardGuest {
    DebianLinuxTest() {
        super((cache, debian) -> debian, Ring.SPLIT, Ring.PACKED);
    }
}
