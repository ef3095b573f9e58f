// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamStateTest {
    @ParameterizedTest
    @DisplayName("SND-50: transitions are those of the table in 5.14.6.6.1")
    @CsvSource({
        "INITIAL,    true,  false, false, false, false",
        "SET_PARAMS, true,  true,  false, false, false",
        "PREPARED,   true,  true,  true,  false, true",
        "STARTED,    false, false, false, true,  false",
        "STOPPED,    false, false, true,  false, true",
        "RELEASED,   true,  true,  false, false, false",
    })
    void allowsWhatTheTableAllows(
            StreamState state, boolean setParams, boolean prepare, boolean start, boolean stop, boolean release) {
        assertThat(state.allows(PcmCommand.SET_PARAMS, true)).isEqualTo(setParams);
        assertThat(state.allows(PcmCommand.PREPARE, true)).isEqualTo(prepare);
        assertThat(state.allows(PcmCommand.START, true)).isEqualTo(start);
        assertThat(state.allows(PcmCommand.STOP, true)).isEqualTo(stop);
        assertThat(state.allows(PcmCommand.RELEASE, true)).isEqualTo(release);
    }
}
