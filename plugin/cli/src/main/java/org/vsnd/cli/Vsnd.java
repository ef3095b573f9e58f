// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;

/** {@code vsnd}: the command line. */
@Command(
        name = "vsnd",
        description = "A virtio sound card for any hypervisor or emulator.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "  test    Builds everything and runs every test, including real guests; takes",
            "            half an hour.",
            "  bench   Measures this card beside others and writes the tables in docs.",
            "",
            "vsnd COMMAND --help says more. To start with: ./vsnd demo needs no QEMU,",
            "./vsnd boot lets a real guest play, ./vsnd doctor says what a machine lacks.",
            "",
            "To attach the card to your own machine, use ./vsnd serve --socket PATH and",
            "  qemu-system-x86_64 -object memory-backend-memfd,id=mem0,size=1G,share=on \\",
            "    -machine memory-backend=mem0 -m 1G ... \\",
            "    -device '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"PATH\"}}'"
        })
public final class Vsnd {
    /** A terminal's usual width. */
    static final int HELP_COLUMNS = 80;

    private static final List<String> COMMANDS =
            List.of("serve", "ctl", "boot", "demo", "replay", "doctor", "completion");

    private Vsnd() {}

    /** Runs one command and ends the process with its exit code: 0 success, 1 failure, 2 wrong use. */
    public static void main(String[] arguments) {
        LogFormat.install();
        boolean named = arguments.length > 0 && COMMANDS.contains(arguments[0]);
        System.exit(commandLine(named ? List.of(arguments[0]) : COMMANDS).execute(arguments));
    }

    /** With all commands. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** With these commands only: reading the annotations of all takes a fifth of the time that serve needs to start. */
    private static CommandLine commandLine(List<String> names) {
        OperatorErrors errors = new OperatorErrors();
        CommandLine vsnd = new CommandLine(new Vsnd());
        for (String name : names) {
            vsnd.addSubcommand(name, command(name));
        }
        return vsnd.setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_COLUMNS);
    }

    private static CommandLine command(String name) {
        return switch (name) {
            case "serve" -> withCardOptions(new ServeCommand());
            case "ctl" -> new CommandLine(new CtlCommand()).setUnmatchedOptionsArePositionalParams(true); // -6 dB
            case "boot" -> withCardOptions(new BootCommand());
            case "demo" -> new CommandLine(new DemoCommand());
            case "replay" -> new CommandLine(new ReplayCommand());
            case "doctor" -> new CommandLine(new DoctorCommand());
            case "completion" -> new CommandLine(new CompletionCommand());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandLine withCardOptions(Object command) {
        CommandLine line = new CommandLine(command);
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        List<String> footer = new ArrayList<>(CardOptions.help(HELP_COLUMNS));
        footer.addAll(List.of(usage.footer()));
        usage.footer(footer.toArray(String[]::new));
        return line;
    }
}
