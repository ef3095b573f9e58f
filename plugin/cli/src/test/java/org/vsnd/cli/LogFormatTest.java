// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogFormatTest {
    @Test
    void aRecordIsOneLineWithItsLevel() {
        assertThat(new LogFormat().format(new LogRecord(Level.WARNING, "first\nsecond")))
                .isEqualTo("vsnd: WARNING: first | second" + System.lineSeparator());
        assertThat(new LogFormat().format(new LogRecord(Level.SEVERE, "broken")))
                .isEqualTo("vsnd: ERROR: broken" + System.lineSeparator());
    }
}
