// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.DebianPackages;
import org.vsnd.cli.boot.GuestArchitecture;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Progress;
import org.vsnd.cli.boot.Tool;

/**
 * Programs that examine a sound card in a guest: more of Debian's alsa-utils, and the kernel's own tests for ALSA, compiled
 * from Debian's kernel source against Debian 13's libasound. Nothing of it is in the repository.
 *
 * @param root the programs with their libraries and configuration, in the layout they have in the guest
 */
record AlsaTools(Path root) {
    /** Where the kernel's tests are in the guest: they read their configuration from the current folder. */
    static final String KSELFTEST = "/kselftest";

    /** What pcm-test is to do, in that folder. */
    static final String PCM_TESTS = "pcm-test.conf";

    private static final String CACHED = "guest-debian13-alsa-1";
    private static final long NEEDED_BYTES = 500L << 20;
    private static final List<String> UTILITIES =
            List.of("bin/amixer", "bin/speaker-test", "bin/alsabat", "sbin/alsactl");
    private static final List<String> KERNEL_TESTS = List.of("mixer-test", "pcm-test");
    private static final String KERNEL_LIBRARY = "conf.c";

    /** What alsabat needs beside the guest's own. */
    private static final List<String> LIBRARIES = List.of("libfftw3f.so.3", "libgcc_s.so.1");

    /** The cache folder's, made now if need be; the kernel source is 150 MB to fetch. */
    static AlsaTools obtain(CacheFolder cache, GuestParts guest, Progress progress) throws BootException {
        Path folder = cache.obtain(CACHED, half -> {
            cache.require(NEEDED_BYTES);
            requireCompiler();
            String source = "linux-source-" + guest.release().replaceFirst("^(\\d+\\.\\d+).*", "$1");
            Path apt = half.resolve("apt");
            DebianPackages packages = DebianPackages.lists(apt, GuestArchitecture.AMD64, List.of(), progress);
            progress.step("downloading and unpacking " + source + " and more of alsa-utils (160 MB, once)");
            Path tree = half.resolve("tree");
            packages.unpack(
                    tree,
                    DebianPackages.STABLE,
                    List.of(),
                    List.of("alsa-utils", "libfftw3-single3", "libgcc-s1", "libasound2-dev", source),
                    progress);
            Path root = Files.createDirectories(half.resolve("root"));
            takeUtilities(tree, root);
            compileKernelTests(kernelTests(tree, source, guest), tree.resolve("usr/include"), guest, root);
            CacheFolder.deleteTree(tree);
            CacheFolder.deleteTree(apt);
        });
        return new AlsaTools(folder.resolve("root"));
    }

    private static void requireCompiler() throws BootException {
        if (Tool.find("gcc") == null || !Files.exists(Path.of("/usr/include/stdio.h"))) {
            throw new BootException("the kernel's tests have to be compiled: apt-get install gcc libc6-dev");
        }
    }

    private static void takeUtilities(Path tree, Path root) throws IOException {
        Files.createDirectories(root.resolve("bin"));
        for (String utility : UTILITIES) {
            Path program = tree.resolve("usr").resolve(utility);
            Files.move(program, root.resolve("bin").resolve(program.getFileName()));
        }
        Files.createDirectories(root.resolve("lib"));
        for (String library : LIBRARIES) {
            Files.move(
                    tree.resolve("usr/lib/x86_64-linux-gnu").resolve(library).toRealPath(),
                    root.resolve("lib").resolve(library));
        }
    }

    /** Unpacks the folder with the kernel's tests for ALSA, by the guest's busybox: the system need not have xz. */
    private static Path kernelTests(Path tree, String source, GuestParts guest) throws BootException {
        String tests = source + "/tools/testing/selftests/";
        Tool.of(guest.root().resolve("bin/busybox").toString(), "tar", "-xJ")
                .with(List.of(
                        "-f",
                        tree.resolve("usr/src").resolve(source + ".tar.xz").toString()))
                .with(List.of("-C", tree.toString(), tests + "alsa", tests + "kselftest.h"))
                .run();
        return tree.resolve(tests + "alsa");
    }

    private static void compileKernelTests(Path sources, Path headers, GuestParts guest, Path root)
            throws BootException, IOException {
        Path folder = Files.createDirectories(root.resolve(KSELFTEST.substring(1)));
        Files.createDirectories(folder.resolve("conf.d"));
        Files.move(sources.resolve(PCM_TESTS), folder.resolve(PCM_TESTS));
        for (String test : KERNEL_TESTS) {
            Tool.of(
                            "gcc",
                            "-O2",
                            "-I",
                            headers.toString(),
                            "-o",
                            folder.resolve(test).toString(),
                            test + ".c")
                    .with(List.of(
                            KERNEL_LIBRARY,
                            guest.root().resolve("lib/libasound.so.2").toString()))
                    // the guest's library wants the guest's own C library, which may be newer than this system's
                    .with(List.of("-Wl,--allow-shlib-undefined", "-pthread", "-lm"))
                    .in(sources)
                    .run();
        }
    }
}
