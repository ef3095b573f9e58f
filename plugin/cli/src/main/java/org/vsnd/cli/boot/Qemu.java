// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vsnd.cli.serve.Front;

/**
 * A QEMU: an installed one, or one of Debian 13's, unpacked into the cache folder and run from there with its own
 * libraries.
 *
 * @param command the program, and the arguments that come first
 * @param environment variables it needs in addition to this process's environment
 * @param origin where it comes from, for people
 */
public record Qemu(List<String> command, Map<String, String> environment, String origin) {
    /** The name in the cache folder of the one that attaches the card with either front. */
    public static final String CACHED = "qemu-debian13-2";

    private static final String CACHED_STABLE = "qemu-debian13-stable-1";

    private static final System.Logger LOGGER = System.getLogger(Qemu.class.getName());
    private static final String PROGRAM = "qemu-system-x86_64";
    private static final Duration QUESTION_LIMIT = Duration.ofSeconds(30);

    public Qemu {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The system's QEMU, which need not exist. */
    public static Qemu system() {
        return new Qemu(List.of(PROGRAM), Map.of(), "the system's " + PROGRAM);
    }

    /** A QEMU of the operator's choice, which need not exist. */
    public static Qemu installed(String program) {
        return new Qemu(List.of(program), Map.of(), program);
    }

    /**
     * Debian 13's newest QEMU (11.1, of its backports) in the cache folder, unpacked now if need be. It also has the
     * PulseAudio back end, which a system's QEMU may lack.
     */
    public static Qemu cached(CacheFolder cache, Progress progress) throws BootException {
        return cached(
                cache,
                CACHED,
                DebianPackages.BACKPORTS,
                Front.VFIO_USER,
                "has no vfio-user-pci (it came with 10.1): set VSND_DEBIAN_MIRROR to an up-to-date mirror with"
                        + " trixie-backports",
                progress);
    }

    /** The same for the QEMU of Debian 13 itself (10.0), which attaches the card by vhost-user only; for tests. */
    public static Qemu cachedStable(CacheFolder cache, Progress progress) throws BootException {
        return cached(
                cache,
                CACHED_STABLE,
                DebianPackages.STABLE,
                Front.VHOST_USER,
                "has no vhost-user-snd-pci: set VSND_DEBIAN_MIRROR to a complete mirror",
                progress);
    }

    private static Qemu cached(
            CacheFolder cache, String name, String suite, Front wanted, String lack, Progress progress)
            throws BootException {
        Path tree = cache.obtain(name, half -> {
            cache.require(CacheFolder.NEEDED_BYTES);
            progress.step("fetching Debian 13's QEMU into " + cache.path() + " (once)");
            Path apt = half.resolve("apt");
            DebianPackages packages = DebianPackages.lists(
                    apt, GuestArchitecture.AMD64, List.of(DebianPackages.UPDATES, DebianPackages.BACKPORTS), progress);
            progress.step("downloading and unpacking QEMU (60 MB)");
            packages.unpack(
                    half.resolve("root"),
                    suite,
                    List.of("qemu-system-x86", "seabios", "libpulse0"),
                    List.of("qemu-system-gui"),
                    progress);
            CacheFolder.deleteTree(apt);
            trim(half.resolve("root"));
            if (!inTree(half.resolve("root")).fronts().contains(wanted)) {
                throw new BootException("Debian 13's QEMU on this mirror " + lack);
            }
        });
        return inTree(tree.resolve("root"));
    }

    /** How it can attach the card, as the program itself says; nothing if it does not run. */
    public Set<Front> fronts() {
        Set<Front> fronts = EnumSet.noneOf(Front.class);
        if (exists()) {
            try {
                String models = output("-device", "help");
                for (Front front : Front.values()) {
                    if (models.contains("\"" + QemuCard.model(front) + "\"")) {
                        fronts.add(front);
                    }
                }
            } catch (BootException e) {
                LOGGER.log(System.Logger.Level.DEBUG, origin + " does not answer", e);
            }
        }
        return fronts;
    }

    /** Whether there is such a program. */
    public boolean exists() {
        Path program = Path.of(command.get(0));
        boolean inPath = program.getNameCount() == 1 && !program.isAbsolute();
        return inPath
                ? Tool.find(program.toString()) != null
                : Files.isRegularFile(program) && Files.isExecutable(program);
    }

    /** The first line of its {@code -version}. */
    public String version() throws BootException {
        return output("-version")
                .lines()
                .filter(line -> line.startsWith("QEMU"))
                .findFirst()
                .orElse("QEMU");
    }

    /** The displays it offers, by their names for {@code -display}; VNC is always available and not listed. */
    public List<String> displays() throws BootException {
        return output("-display", "help")
                .lines()
                .skip(1) // a heading
                .takeWhile(line -> !line.isBlank())
                .toList();
    }

    /** The same QEMU, started by a program that takes a command as its last arguments, such as {@code nice}. */
    public Qemu startedBy(String... starter) {
        List<String> all = new ArrayList<>(List.of(starter));
        all.addAll(command);
        return new Qemu(all, environment, origin);
    }

    /** A process builder for this QEMU with these arguments. */
    public ProcessBuilder process(List<String> arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(all);
        builder.environment().putAll(environment);
        return builder;
    }

    private String output(String... arguments) throws BootException {
        Tool tool = Tool.of(command).with(List.of(arguments)).within(QUESTION_LIMIT);
        environment.forEach(tool::env);
        return tool.run();
    }

    private static Qemu inTree(Path root) {
        String libraries = root + "/usr/lib/x86_64-linux-gnu";
        return new Qemu(
                List.of(
                        libraries + "/ld-linux-x86-64.so.2",
                        "--argv0",
                        PROGRAM,
                        "--library-path",
                        libraries + ":" + libraries + "/pulseaudio:" + root + "/usr/lib",
                        root + "/usr/bin/" + PROGRAM,
                        "-L",
                        root + "/usr/share/qemu",
                        "-L",
                        root + "/usr/share/seabios",
                        "-L",
                        root + "/usr/lib/ipxe/qemu"),
                Map.of("QEMU_MODULE_DIR", libraries + "/qemu"),
                "Debian 13's QEMU in " + root);
    }

    /** What is not needed here: documents, translations and the firmware of other machines. */
    private static void trim(Path root) throws IOException {
        for (String path : List.of("usr/share/doc", "usr/share/locale", "usr/share/man", "usr/share/icons")) {
            CacheFolder.deleteTree(root.resolve(path));
        }
    }
}
