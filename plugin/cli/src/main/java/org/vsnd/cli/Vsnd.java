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
            "  test    Builds everything and runs every test, real guests included; takes",
            "            some 20 minutes.",
            "  bench   Measures this card beside others and writes the tables in docs.",
            "",
            "vsnd COMMAND --help says more. To begin with: ./vsnd demo needs no QEMU,",
            "./vsnd boot lets a real guest play, ./vsnd doctor says what a machine lacks.",
            "",
            "A machine of your own gets the card from ./vsnd serve --socket PATH and",
            "  qemu-system-x86_64 -object memory-backend-memfd,id=mem0,size=1G,share=on \\",
            "    -machine memory-backend=mem0 -m 1G ... \\",
            "    -device '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"PATH\"}}'"
        })
public final class Vsnd {
    /** A terminal's usual width. */
    static final int HELP_COLUMNS = 80;

    private Vsnd() {}

    /** Runs one command and ends the process with its exit code: 0 well, 1 failed, 2 wrong use. */
    public static void main(String[] arguments) {
        LogFormat.install();
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        OperatorErrors errors = new OperatorErrors();
        return new CommandLine(new Vsnd())
                .addSubcommand(withCardOptions(new ServeCommand()))
                .addSubcommand(withCardOptions(new BootCommand()))
                .addSubcommand(new DemoCommand())
                .addSubcommand(new ReplayCommand())
                .addSubcommand(new DoctorCommand())
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_COLUMNS);
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
