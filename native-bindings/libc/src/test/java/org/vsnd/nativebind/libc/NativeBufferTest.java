// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NativeBufferTest {
    @Test
    void copiesMemoryOfTheOtherSideToItsStart() {
        NativeBuffer from = new NativeBuffer(16);
        NativeBuffer to = new NativeBuffer(8);
        from.bytes().putInt(4, 0x12345678);
        to.copyFrom(from.address() + 4, 4);
        assertThat(to.bytes().getInt(0)).isEqualTo(0x12345678);
        assertThat(to.bytes().getInt(4)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> to.copyFrom(from.address(), 9));
    }
}
