// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShellTextTest {
    @Test
    void theShellReadsEveryWordAsItWas() throws Exception {
        List<String> words = List.of("printf", "<%s>", "--a", "it's", "", "$HOME `id` \"*\"", "a\\b", "-n", "x,y=z:/1");
        assertThat(Tool.of("sh", "-c", ShellText.command(Map.of(), words)).run())
                .isEqualTo("<--a><it's><><$HOME `id` \"*\"><a\\b><-n><x,y=z:/1>");
    }

    @Test
    void eachOptionHasALineAndTheEnvironmentComesFirst() {
        assertThat(ShellText.command(Map.of("B", "2 3", "A", "1"), List.of("run", "-x", "1", "--y")))
                .isEqualTo("A=1 B='2 3' run \\\n  -x 1 \\\n  --y");
    }
}
