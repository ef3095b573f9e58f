package org.vsnd.cli.boot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a Debian guest is made of: a kernel, some of its modules, a shell, aplay and arecord with their libraries.
 *
 * @param folder holds {@code vmlinuz}, {@code release} and, under {@code root}, what goes into the initial RAM disk
 */
public record GuestParts(Path folder) {
    /** The name in the cache folder. */
    public static final String CACHED = "guest-debian13-1";

    /** Modules in an order in which each finds what it needs. */
    static final List<String> MODULES =
            List.of("soundcore", "snd", "snd-timer", "snd-pcm", "virtio_snd", "snd-dummy", "virtio_blk");

    private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu/";
    private static final List<String> PROGRAM_LIBRARIES =
            List.of("libc.so.6", "libm.so.6", "libasound.so.2", "ld-linux-x86-64.so.2");

    /** The cache folder's guest, fetched now if need be. */
    public static GuestParts obtain(CacheFolder cache, Progress progress) throws BootException {
        return new GuestParts(cache.obtain(CACHED, half -> {
            progress.step("fetching a Debian 13 kernel and its sound tools into " + cache.path() + " (once)");
            Path apt = half.resolve("apt");
            DebianPackages packages = DebianPackages.lists(apt, progress);
            String kernel = packages.dependencyOf("linux-image-amd64", "linux-image-6.12");
            progress.step("downloading and unpacking " + kernel + " (110 MB)");
            Path tree = half.resolve("tree");
            packages.unpack(tree, DebianPackages.STABLE, List.of("alsa-utils", "busybox-static"), List.of(kernel));
            keep(tree, half, kernel.replace("linux-image-", ""));
            CacheFolder.deleteTree(tree);
            CacheFolder.deleteTree(apt);
        }));
    }

    /** The kernel image. */
    public Path kernel() {
        return folder.resolve("vmlinuz");
    }

    /** The kernel's release, as {@code uname -r} prints it. */
    public String release() throws IOException {
        return Files.readString(folder.resolve("release")).strip();
    }

    /** The files of the initial RAM disk, in the layout they have there. */
    public Path root() {
        return folder.resolve("root");
    }

    private static void keep(Path tree, Path target, String release) throws BootException, IOException {
        Path root = Files.createDirectories(target.resolve("root"));
        Files.move(tree.resolve("boot/vmlinuz-" + release), target.resolve("vmlinuz"));
        Files.writeString(target.resolve("release"), release + "\n");
        take(tree.resolve("usr/bin/busybox"), root.resolve("bin/busybox"));
        take(tree.resolve("usr/bin/aplay"), root.resolve("bin/aplay"));
        Files.createSymbolicLink(root.resolve("bin/arecord"), Path.of("aplay"));
        for (String library : PROGRAM_LIBRARIES) {
            take(
                    tree.resolve(LIBRARIES + library).toRealPath(),
                    root.resolve("lib").resolve(library));
        }
        Files.createSymbolicLink(root.resolve("lib64"), Path.of("lib"));
        takeTree(tree.resolve("usr/share/alsa"), root.resolve("usr/share/alsa"));
        Path modules = Files.createDirectories(root.resolve("lib/modules"));
        for (String module : MODULES) {
            decompress(root.resolve("bin/busybox"), find(tree, module + ".ko.xz"), modules.resolve(module + ".ko"));
        }
    }

    private static void take(Path from, Path to) throws IOException {
        Path parent = to.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
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
                    .orElseThrow(() -> new BootException("Debian's kernel package holds no " + fileName
                            + ": report this with the kernel's version"));
        }
    }

    /** Unpacks with the guest's own (statically linked) busybox: the system need not have xz. */
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
