package org.vsnd.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code vsnd}: the command line. */
@Command(
        name = "vsnd",
        description = "A virtio sound card for any hypervisor or emulator.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "  test    Builds everything and runs every test, real guests included (./vsnd test, some 20 minutes).",
            "  bench   Measures this card beside others and writes the table under docs/ (./vsnd bench).",
            "",
            "Give a card to QEMU 10.1 or later:",
            "  qemu-system-x86_64 -object memory-backend-memfd,id=mem0,size=1G,share=on \\",
            "    -machine memory-backend=mem0 -m 1G \\",
            "    -device '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"PATH\"}}' ..."
        })
public final class Vsnd {
    private static final int HELP_COLUMNS = 110;

    private static final List<String> COMMANDS = List.of("serve", "boot", "demo", "replay", "doctor");

    private Vsnd() {}

    /** Runs one command and ends the process with its exit code: 0 well, 1 failed, 2 wrong use. */
    public static void main(String[] arguments) {
        LogFormat.install();
        boolean named = arguments.length > 0 && COMMANDS.contains(arguments[0]);
        System.exit(commandLine(named ? List.of(arguments[0]) : COMMANDS).execute(arguments));
    }

    /** With all commands. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    /** With these commands only: to read what all of them are told takes a fifth of the time that serve needs to start. */
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
            case "boot" -> withCardOptions(new BootCommand());
            case "demo" -> new CommandLine(new DemoCommand());
            case "replay" -> new CommandLine(new ReplayCommand());
            case "doctor" -> new CommandLine(new DoctorCommand());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandLine withCardOptions(Object command) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().usageMessage().footer(CardOptions.help());
        return line;
    }
}
