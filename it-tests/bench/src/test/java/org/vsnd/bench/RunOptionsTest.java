// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunOptionsTest {
    private static final Path DOCUMENT = Path.of("docs/bench-some.md");

    private static RunOptions options(String... arguments) {
        RunOptions options = new RunOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("options", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(arguments);
        return options;
    }

    @Test
    void fullRunGoesToTheDocument() {
        assertThat(options().seconds(60)).isEqualTo(60);
        assertThat(options().target(DOCUMENT, true)).isEqualTo(DOCUMENT);
    }

    @Test
    void shorterRunGoesNowhereUnlessAFileIsNamed() {
        assertThat(options("--seconds", "5").seconds(60)).isEqualTo(5);
        assertThat(options("--seconds", "5").target(DOCUMENT, true)).isNull();
        assertThat(options().target(DOCUMENT, false)).isNull();
        assertThat(options("--seconds", "5", "--out", "some.md").target(DOCUMENT, false))
                .isEqualTo(Path.of("some.md"));
        assertThat(options("--out", "some.md").target(DOCUMENT, true)).isEqualTo(Path.of("some.md"));
    }
}
