// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.server.ServerException;
import org.vsnd.spi.PluginException;
import picocli.CommandLine;

/** Turns every error into one line that says what to do, and an exit code. */
final class OperatorErrors implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {
    private static final Duration SIGNAL_PATIENCE = Duration.ofMillis(300);
    /** The exit code a shell gives for SIGINT. */
    private static final int INTERRUPTED = 130;

    @Override
    public int handleParseException(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        String message = String.valueOf(wrong.getMessage());
        print(command, message + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, CommandLine.@Nullable ParseResult arguments) throws Exception {
        if (Closing.signalled(SIGNAL_PATIENCE)) {
            return INTERRUPTED; // it failed because it was stopped, which has been said
        }
        if (failure instanceof PluginException || failure instanceof ServerException) {
            print(command, String.valueOf(failure.getMessage()));
            return CommandLine.ExitCode.USAGE;
        }
        if (failure instanceof BootException) {
            print(command, String.valueOf(failure.getMessage()));
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }

    private static void print(CommandLine command, String message) {
        PrintWriter err = command.getErr();
        err.println("vsnd: " + message.replaceAll("\\R+", " "));
        err.flush();
    }
}
