// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class StampsTest {
    @Test
    void vectorsAndTheControlAreToldApart() {
        ByteBuffer records = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        records.putLong(10).putInt(3).putInt(1);
        records.putLong(11).putInt(Stamps.CONTROL).putInt(1);
        records.putLong(12).putInt(3).putInt(2);
        records.putLong(13).putInt(4).putInt(1);

        Stamps stamps = new Stamps(records.flip());

        assertThat(stamps.times(3)).containsExactly(10, 12);
        assertThat(stamps.times(4)).containsExactly(13);
        assertThat(stamps.times(Stamps.CONTROL)).containsExactly(11);
        assertThat(stamps.merged(3)).isEqualTo(1);
    }
}
