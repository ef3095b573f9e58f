// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.common.io.MoreFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a Debian guest: a kernel, some of its modules, a shell, aplay and arecord with their libraries.
 *
 * @param folder holds {@code vmlinuz}, {@code release} and, under {@code root}, the contents of the initial RAM disk
 */
public record GuestParts(Path folder) {
    /** The name in the cache folder. */
    public static final String CACHED = "guest-debian13-1";

    private static final String BUSYBOX = "bin/busybox";
    private static final Path FIRMWARE = Path.of("usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin");
    private static final List<String> PROGRAM_LIBRARIES = List.of("libc.so.6", "libm.so.6", "libasound.so.2");

    /** The cache folder's guest for QEMU, fetched now if need be. */
    public static GuestParts obtain(CacheFolder cache, Progress progress) throws BootException {
        return obtain(GuestArchitecture.AMD64, null, cache, progress);
    }

    /** The same for a RISC-V emulator. */
    public static GuestParts obtainRiscv(CacheFolder cache, Progress progress) throws BootException {
        Path busybox = obtain(cache, progress).root().resolve(BUSYBOX);
        return obtain(GuestArchitecture.RISCV64, busybox, cache, progress);
    }

    /** @param busybox for this machine's processor, or null if the guest's own runs here */
    private static GuestParts obtain(
            GuestArchitecture architecture, @Nullable Path busybox, CacheFolder cache, Progress progress)
            throws BootException {
        return new GuestParts(cache.obtain(architecture.cached(), half -> {
            cache.require(CacheFolder.NEEDED_BYTES);
            progress.step("fetching a Debian 13 kernel and its sound tools into " + cache.path() + " (once)");
            Path apt = half.resolve("apt");
            DebianPackages packages = DebianPackages.lists(apt, architecture, List.of(), progress);
            String kernel = packages.dependencyOf("linux-image-" + architecture.debianName(), "linux-image-6.12");
            progress.step("downloading and unpacking " + kernel + " (110 MB)");
            Path tree = half.resolve("tree");
            List<String> alone = new ArrayList<>(architecture.firmwarePackages());
            alone.add(kernel);
            packages.unpack(tree, DebianPackages.STABLE, List.of("alsa-utils", "busybox-static"), alone, progress);
            keep(architecture, busybox, tree, half, kernel.replace("linux-image-", ""));
            CacheFolder.deleteTree(tree);
            CacheFolder.deleteTree(apt);
        }));
    }

    /** The kernel image. */
    public Path kernel() {
        return folder.resolve("vmlinuz");
    }

    /** OpenSBI, if the guest is RISC-V: it jumps to a kernel 2 MiB after its own beginning. */
    public Path firmware() {
        return folder.resolve("firmware");
    }

    /** The kernel's release, as {@code uname -r} prints it. */
    public String release() throws IOException {
        return Files.readString(folder.resolve("release")).strip();
    }

    /** The files of the initial RAM disk, in the layout they have there. */
    public Path root() {
        return folder.resolve("root");
    }

    private static void keep(
            GuestArchitecture architecture, @Nullable Path busybox, Path tree, Path target, String release)
            throws BootException, IOException {
        Path root = Files.createDirectories(target.resolve("root"));
        Files.move(tree.resolve("boot").resolve(architecture.kernelPrefix() + release), target.resolve("vmlinuz"));
        Files.writeString(target.resolve("release"), release + "\n");
        if (Files.exists(tree.resolve(FIRMWARE))) {
            Files.move(tree.resolve(FIRMWARE), target.resolve("firmware"));
        }
        take(tree.resolve("usr/bin/busybox"), root.resolve(BUSYBOX));
        take(tree.resolve("usr/bin/aplay"), root.resolve("bin/aplay"));
        Files.createSymbolicLink(root.resolve("bin/arecord"), Path.of("aplay"));
        Path libraries = tree.resolve("usr/lib").resolve(architecture.libraryFolder());
        for (String library : PROGRAM_LIBRARIES) {
            take(libraries.resolve(library).toRealPath(), root.resolve("lib").resolve(library));
        }
        take(
                libraries.resolve(architecture.loader()).toRealPath(),
                root.resolve("lib").resolve(architecture.loader()));
        Files.createSymbolicLink(root.resolve("lib64"), Path.of("lib"));
        takeTree(tree.resolve("usr/share/alsa"), root.resolve("usr/share/alsa"));
        Path modules = Files.createDirectories(root.resolve("lib/modules"));
        Path unpacker = busybox == null ? root.resolve(BUSYBOX) : busybox;
        for (String module : architecture.modules()) {
            decompress(unpacker, find(tree, module + ".ko.xz"), modules.resolve(module + ".ko"));
        }
    }

    private static void take(Path from, Path to) throws IOException {
        MoreFiles.createParentDirectories(to);
        Files.copy(from, to);
        to.toFile().setExecutable(from.toFile().canExecute(), false);
    }

    private static void takeTree(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(from)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            take(file, to.resolve(from.relativize(file).toString()));
        }
    }

    private static Path find(Path tree, String fileName) throws BootException, IOException {
        try (Stream<Path> walk = Files.walk(tree.resolve("usr/lib/modules"))) {
            return walk.filter(path -> path.endsWith(fileName))
                    .findFirst()
                    .orElseThrow(() -> new BootException("Debian's kernel package has no " + fileName
                            + ": please report this with the kernel's version"));
        }
    }

    /** Unpacks with a guest's (statically linked) busybox: the system need not have xz. */
    private static void decompress(Path busybox, Path from, Path to) throws BootException, IOException {
        ProcessBuilder builder = new ProcessBuilder(busybox.toString(), "xzcat", from.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        Process process = Children.start(builder);
        try (var in = process.getInputStream()) {
            in.transferTo(contents);
            if (!process.waitFor(Duration.ofMinutes(1).toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    || process.exitValue() != 0) {
                throw new BootException("cannot decompress " + from.getFileName() + ": is the disk full?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BootException("interrupted while unpacking the kernel's modules", e);
        } finally {
            Children.end(process);
        }
        Files.write(to, contents.toByteArray());
    }
}
