// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Progress;
import org.vsnd.server.ServerException;
import org.vsnd.spi.PluginException;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsnd boot}: boots a guest in QEMU, ours or the operator's, with the card in its machine. */
@Command(
        name = "boot",
        header = "Boots a guest with the card in QEMU: a Debian that plays a melody, or your image.",
        description = {
            "",
            "Without an IMAGE, a small Debian guest plays a melody into a WAV file and records a tone through the card,"
                    + " and every sample is checked. With an IMAGE, that system runs in a window or over VNC"
                    + " until it ends.",
            "",
            "The system's QEMU is used if it can attach the card (9.0 or later), else Debian's QEMU 11.1, which is"
                    + " fetched once into a cache folder, as is the guest. Both take 200 MB, and 1000 MiB while they are"
                    + " unpacked. Nothing is installed, and root is not needed."
                    + " Arguments after -- go to QEMU. Ctrl-C ends it all.",
            ""
        },
        footer = {
            "",
            "Environment:",
            "  VSND_CACHE          Where QEMU and the guest are kept; else",
            "                      $XDG_CACHE_HOME/vsnd, else ~/.cache/vsnd.",
            "  VSND_DEBIAN_MIRROR  The URI of the Debian mirror they are fetched from, with",
            "                      trixie, trixie-updates and trixie-backports (default:",
            "                      the system's own mirror).",
            "  http_proxy          The proxy that apt uses to fetch them.",
            "",
            "Exit code 0 if all is well, 1 if something failed, 2 for wrong use."
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
            description = "Disk images (raw, qcow2, vmdk, vdi, vhdx, vhd) and ISOs, recognised by their content. The"
                    + " first is booted. An ISO is a CD, and read-only. Or the word linux for the melody,"
                    + " which is the default.")
    private List<String> words = new ArrayList<>();

    @Mixin
    private final CardOptions card = new CardOptions();

    @Mixin
    private final QemuOptions qemu = new QemuOptions();

    @ArgGroup(exclusive = false, heading = "%nWithout an image:%n")
    private @Nullable LinuxBoot linux;

    @ArgGroup(exclusive = false, heading = "%nWith an image:%n")
    private @Nullable ImageBoot image;

    @Override
    public Integer call() throws BootException, PluginException, ServerException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        CommandLine line = spec.commandLine();
        List<String> qemuArguments = afterDashes(line);
        List<String> guest = words.subList(0, words.size() - qemuArguments.size());
        if (!guest.isEmpty() && !guest.equals(List.of(LINUX))) {
            if (linux != null) {
                throw new ParameterException(
                        line, "--out and --listen are for the melody: an image plays where --backend says");
            }
            return (image == null ? new ImageBoot() : image).boot(guest, card, qemu.wish(), qemuArguments, line);
        }
        if (image != null || card.gives("backend")) {
            throw new ParameterException(
                    line,
                    "--set backend and the options for an image (--memory, --display, ...) need an IMAGE: give one, or"
                            + " leave them out");
        }
        return (linux == null ? new LinuxBoot() : linux).boot(card, qemu.wish(), qemuArguments, line);
    }

    /** Prints one step per line. */
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
