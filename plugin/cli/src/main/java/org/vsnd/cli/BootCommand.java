package org.vsnd.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Progress;
import org.vsnd.spi.PluginException;
import org.vsnd.vfiouser.VfioUserException;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsnd boot}: a guest in QEMU with the card in its machine, ours or the operator's. */
@Command(
        name = "boot",
        description = {
            "Boots a disk image or an ISO in QEMU, with the sound card in its machine. Without an image, a Debian guest",
            "plays a melody and records from the host, and every sample is checked. Fetches what it needs into a cache",
            "folder (VSND_CACHE, else ~/.cache/vsnd) and installs nothing. Arguments after -- go to QEMU."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class BootCommand implements Callable<Integer> {
    private static final String LINUX = "linux";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "IMAGE",
            description =
                    "Images of disks (raw, qcow2, vmdk, vdi, vhdx, vhd) and ISOs, told apart by their content. The"
                            + " first is booted. An ISO is a CD, and read-only. Or the word linux, which is the default.")
    private List<String> words = new ArrayList<>();

    @Mixin
    private final CardOptions card = new CardOptions();

    @ArgGroup(exclusive = false, heading = "For linux:%n")
    private @Nullable LinuxBoot linux;

    @ArgGroup(exclusive = false, heading = "For images:%n")
    private @Nullable ImageBoot image;

    @Override
    public Integer call() throws BootException, PluginException, VfioUserException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        CommandLine line = spec.commandLine();
        List<String> qemuArguments = afterDashes(line);
        List<String> guest = words.subList(0, words.size() - qemuArguments.size());
        if (!guest.isEmpty() && !guest.equals(List.of(LINUX))) {
            if (linux != null) {
                throw new ParameterException(line, "--out is for linux: give --backend wav:FILE to an image");
            }
            return (image == null ? new ImageBoot() : image).boot(guest, card, qemuArguments, line);
        }
        if (image != null || card.gives("backend")) {
            throw new ParameterException(
                    line,
                    "boot linux brings its own machine and back end, to compare what was heard: give an image, or"
                            + " --out FILE alone");
        }
        return (linux == null ? new LinuxBoot() : linux).boot(card, qemuArguments, line);
    }

    /** Tells one step a line. */
    static Progress progress(PrintWriter lines) {
        return step -> {
            lines.println("... " + step);
            lines.flush();
        };
    }

    private static List<String> afterDashes(CommandLine line) {
        List<String> all = line.getParseResult().originalArgs();
        int dashes = all.indexOf("--");
        return dashes < 0 ? List.of() : all.subList(dashes + 1, all.size());
    }
}
