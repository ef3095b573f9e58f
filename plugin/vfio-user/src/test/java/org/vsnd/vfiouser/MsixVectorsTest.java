// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;

@DisplayName("A vector's message")
class MsixVectorsTest {
    private static final int VECTOR = 1;

    private final EventSignals signals = EventSignals.create();
    private final MsixVectors vectors = new MsixVectors(signals);

    MsixVectorsTest() throws ErrnoException {}

    @AfterEach
    void close() {
        signals.close();
    }

    @Test
    @DisplayName("is underway until the client has read its eventfd")
    void isUnderwayUntilItIsRead() throws ErrnoException {
        EventFd client = EventFd.create(); // the same descriptor here; over the socket it is the client's copy
        vectors.assign(VECTOR, client);
        assertThat(vectors.underway(VECTOR)).isFalse();
        vectors.trigger(VECTOR);
        assertThat(vectors.underway(VECTOR)).isTrue();
        assertThat(client.drain()).isTrue();
        assertThat(vectors.underway(VECTOR)).isFalse();
        vectors.disable();
    }

    @Test
    @DisplayName("is not known to be underway where there is no eventfd")
    void isNotKnownWithoutAnEventfd() {
        vectors.trigger(VECTOR);
        assertThat(vectors.underway(VECTOR)).isFalse();
        assertThat(vectors.pending(VECTOR)).isTrue();
        assertThat(vectors.underway(-1)).isFalse();
        assertThat(vectors.underway(MsixVectors.MAX_VECTORS)).isFalse();
    }
}
