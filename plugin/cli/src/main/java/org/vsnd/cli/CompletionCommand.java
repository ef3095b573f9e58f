// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vsnd completion}: what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        header = "Prints a script for bash and zsh that completes commands and options.",
        description = {"", "For this shell: source <(./vsnd completion)", ""},
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash("vsnd", Vsnd.commandLine()));
        out.flush();
        return 0;
    }
}
