// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.cli.boot.Accelerator;
import org.vsnd.cli.boot.AttachingQemu;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.DiskImage;
import org.vsnd.cli.boot.Displays;
import org.vsnd.cli.boot.ImageRun;
import org.vsnd.cli.boot.Machine;
import org.vsnd.cli.boot.PrintedRun;
import org.vsnd.cli.boot.Progress;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.plugin.HostAudio;
import org.vsnd.server.ServerException;
import org.vsnd.spi.PluginException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code vsnd boot IMAGE}: the operator's own system, in a machine that has the card. */
final class ImageBoot {
    private static final String MEMORY = "[1-9]\\d{0,6}[MG]";
    private static final String SERIAL_SUFFIX = ".serial.log";

    @Option(
            names = "--backend",
            paramLabel = "SPEC",
            description = "Host audio (default: auto); vsnd serve --help lists the kinds.")
    private @Nullable String backend;

    @Option(names = "--memory", paramLabel = "SIZE", description = "The guest's memory (default: 2G).")
    private String memory = "2G";

    @Option(
            names = "--snapshot",
            description = "Discards what the guest writes to its disks; without this they keep it.")
    private boolean snapshot;

    @Option(
            names = "--as-disk",
            description = "Attaches an ISO as a disk that keeps what is written; for hybrids such as Haiku's anyboot.")
    private boolean asDisk;

    @Option(
            names = "--display",
            paramLabel = "KIND",
            description = "The screen, as for QEMU: gtk, sdl, vnc=:0, none, ... (default: a window if"
                    + " there is a desktop and this QEMU can open one, else VNC, reachable from this machine only).")
    private @Nullable String display;

    @Option(
            names = "--serial",
            paramLabel = "FILE",
            description = "Log of the first serial port (default: the first image's name with " + SERIAL_SUFFIX + ").")
    private @Nullable Path serial;

    @Option(
            names = "--accel",
            paramLabel = "NAME",
            description = "How the processor runs: ${COMPLETION-CANDIDATES} (default: KVM where it works).")
    private @Nullable Accelerator accelerator;

    @Option(names = "--print", description = "Prints the commands that do the same, and runs nothing.")
    private boolean print;

    /**
     * Runs the machine until it ends, or prints the commands for it.
     *
     * @param names of the images, as given
     * @return the exit code
     */
    int boot(
            List<String> names, CardOptions card, AttachingQemu.Wish wish, List<String> qemuArguments, CommandLine line)
            throws BootException, PluginException, ServerException, InterruptedException {
        List<DiskImage> images = images(names, line);
        Path serialLog = serialLog(images, line);
        check(card, line);
        Progress progress = BootCommand.progress(print ? line.getErr() : line.getOut());
        try (Closing closing = new Closing(line.getErr(), "the machine and its sound card")) {
            CacheFolder cache = CacheFolder.standard(System.getenv());
            AttachingQemu attaching = AttachingQemu.choose(wish, cache, progress);
            Qemu qemu = attaching.qemu();
            Accelerator how = accelerator == null ? Accelerator.chooseForImage(qemu, cache, progress) : accelerator;
            String screen = display == null ? Displays.choose(qemu.displays(), System.getenv()) : display;
            Machine machine = new Machine(how, memory, images, snapshot, screen, serialLog, qemuArguments);
            Map<String, String> options = card.with(backend == null ? HostAudio.AUTO : backend);
            if (print) {
                String launcher = System.getProperty("vsnd.launcher", "./vsnd");
                line.getOut().print(PrintedRun.text(launcher, printedSocket(), options, attaching, machine));
                line.getOut().flush();
                return 0;
            }
            progress.step("starting " + qemu.version() + " (" + how + ", " + attaching.front() + ")");
            progress.step(
                    "screen: " + (screen.startsWith("vnc") ? "open a VNC viewer; QEMU prints the address" : screen));
            progress.step("serial port: " + serialLog);
            ImageRun run = closing.add(new ImageRun(attaching, machine));
            return run.run(options) ? 0 : 1;
        }
    }

    private List<DiskImage> images(List<String> names, CommandLine line) {
        if (names.size() > Machine.MOST_IMAGES) {
            throw new ParameterException(
                    line, "a machine has room for " + Machine.MOST_IMAGES + " images, not for " + names.size());
        }
        List<DiskImage> images = new ArrayList<>();
        try {
            for (String name : names) {
                DiskImage image = DiskImage.of(name);
                images.add(asDisk ? image.asDisk() : image);
            }
            for (DiskImage image : images) {
                image.check(snapshot);
            }
        } catch (BootException e) {
            throw new ParameterException(line, String.valueOf(e.getMessage()), e);
        }
        return images;
    }

    private Path serialLog(List<DiskImage> images, CommandLine line) {
        Path log = serial == null
                ? Path.of(images.get(0).file() + SERIAL_SUFFIX)
                : serial.toAbsolutePath().normalize();
        for (DiskImage image : images) {
            try {
                if (Files.exists(log) && Files.isSameFile(log, image.file())) {
                    throw new ParameterException(
                            line, "--serial " + log + " would overwrite the image: give another file");
                }
            } catch (IOException e) {
                throw new ParameterException(
                        line, "cannot check " + log + " (" + FileTrouble.why(e) + "): give --serial FILE", e);
            }
        }
        return log;
    }

    private void check(CardOptions card, CommandLine line) {
        if (!memory.matches(MEMORY)) {
            throw new ParameterException(
                    line, "--memory " + memory + " is wrong: give a number with M or G, for example 2G");
        }
        if (backend != null && card.gives("backend")) {
            throw new ParameterException(line, "--backend and --set backend= say the same thing: give one of them");
        }
    }

    /** A run's own socket is in a temporary folder; this one's folder must exist when the commands are pasted. */
    private static Path printedSocket() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        return Path.of(
                runtime == null || runtime.isEmpty() ? System.getProperty("java.io.tmpdir") : runtime, "vsnd-sound");
    }
}
