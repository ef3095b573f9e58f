// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ToolTest {
    @Test
    void outputOfBothKindsIsKept() throws Exception {
        assertThat(Tool.of("sh", "-c", "echo one; echo two >&2; echo $GREETING")
                        .env("GREETING", "three")
                        .run())
                .isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void aFailureNamesTheProgramAndItsLastLines() {
        assertThatThrownBy(() -> Tool.of("sh", "-c", "echo why; exit 7").run())
                .isInstanceOf(BootException.class)
                .hasMessage("sh failed with exit code 7: why");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Tool.of("no-such-program").run()).hasMessageContaining("no-such-program");
        assertThat(Tool.find("no-such-program")).isNull();
        assertThat(Tool.find("sh")).isNotNull();
    }

    @Test
    void aProgramThatHangsIsEnded() {
        assertThatThrownBy(() ->
                        Tool.of("sleep", "1000").within(Duration.ofMillis(20)).run())
                .hasMessageContaining("took longer");
    }
}
