// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.DebianPackages;
import org.vsnd.cli.boot.GuestArchitecture;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Progress;
import org.vsnd.cli.boot.Tool;

/** The same guest with the newest kernel that Debian 13's backports have. */
final class NewestKernel {
    private static final String CACHED = "guest-debian13-backports-1";
    private static final long NEEDED_BYTES = 800L << 20;
    private static final String IMAGE = "linux-image-";

    private NewestKernel() {}

    /**
     * The cache folder's, made now if need be.
     *
     * @param guest with Debian 13's own kernel; the rest is taken from it
     */
    static GuestParts obtain(CacheFolder cache, GuestParts guest, Progress progress) throws BootException {
        return new GuestParts(cache.obtain(CACHED, half -> {
            cache.require(NEEDED_BYTES);
            Path apt = half.resolve("apt");
            DebianPackages packages =
                    DebianPackages.lists(apt, GuestArchitecture.AMD64, List.of(DebianPackages.BACKPORTS), progress);
            String image = packages.dependenciesOf("linux-image-amd64", DebianPackages.BACKPORTS).stream()
                    .filter(name -> name.startsWith(IMAGE))
                    .findFirst()
                    .orElseThrow(() -> new BootException("the mirror has no kernel in trixie-backports:"
                            + " set VSND_DEBIAN_MIRROR to a complete mirror"));
            String release = image.substring(IMAGE.length());
            progress.step("downloading and unpacking " + image + " (120 MB, once)");
            Path tree = half.resolve("tree");
            // newer kernels come in several packages
            List<String> parts = packages.dependenciesOf(image, DebianPackages.BACKPORTS).stream()
                    .filter(name -> name.endsWith("-" + release))
                    .toList();
            packages.unpack(
                    tree,
                    DebianPackages.BACKPORTS,
                    List.of(),
                    Stream.concat(Stream.of(image), parts.stream()).toList(),
                    progress);
            copy(guest.root(), half.resolve("root"));
            replaceKernel(tree, release, half);
            CacheFolder.deleteTree(tree);
            CacheFolder.deleteTree(apt);
        }));
    }

    private static void replaceKernel(Path tree, String release, Path target) throws BootException, IOException {
        Path modules = tree.resolve("usr/lib/modules").resolve(release);
        Path inBoot = tree.resolve("boot/vmlinuz-" + release);
        Files.move(Files.exists(inBoot) ? inBoot : modules.resolve("vmlinuz"), target.resolve("vmlinuz"));
        Files.writeString(target.resolve("release"), release + "\n");
        Path root = target.resolve("root");
        for (Path module : files(root.resolve("lib/modules"))) {
            Path packed = named(modules, module.getFileName() + ".xz");
            Tool.of(root.resolve("bin/busybox").toString(), "unxz", packed.toString())
                    .run();
            Files.move(
                    packed.resolveSibling(module.getFileName().toString()),
                    module,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path named(Path folder, String name) throws BootException, IOException {
        return files(folder).stream()
                .filter(path -> path.endsWith(name))
                .findFirst()
                .orElseThrow(() -> new BootException(
                        "Debian's newest kernel has no " + name + ": please report this with the kernel's version"));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()), java.nio.file.LinkOption.NOFOLLOW_LINKS);
            }
        }
    }
}
