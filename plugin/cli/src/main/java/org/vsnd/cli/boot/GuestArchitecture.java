// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.util.List;

/** A processor architecture for which Debian has all that a guest needs, with its names there. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are
public enum GuestArchitecture {
    /** For QEMU. */
    AMD64(
            "amd64",
            GuestParts.CACHED,
            "vmlinuz-",
            "x86_64-linux-gnu",
            "ld-linux-x86-64.so.2",
            List.of("soundcore", "snd", "snd-timer", "snd-pcm", "virtio_snd", "snd-dummy", "virtio_blk"),
            List.of()),
    /** For emulators in Java, with firmware. */
    RISCV64(
            "riscv64",
            "guest-debian13-riscv64-1",
            "vmlinux-",
            "riscv64-linux-gnu",
            "ld-linux-riscv64-lp64d.so.1",
            List.of("soundcore", "snd", "snd-timer", "snd-pcm", "virtio_snd"),
            List.of("opensbi"));

    private final String debianName;
    private final String cached;
    private final String kernelPrefix;
    private final String libraryFolder;
    private final String loader;
    private final List<String> modules;
    private final List<String> firmwarePackages;

    GuestArchitecture(
            String debianName,
            String cached,
            String kernelPrefix,
            String libraryFolder,
            String loader,
            List<String> modules,
            List<String> firmwarePackages) {
        this.debianName = debianName;
        this.cached = cached;
        this.kernelPrefix = kernelPrefix;
        this.libraryFolder = libraryFolder;
        this.loader = loader;
        this.modules = modules;
        this.firmwarePackages = firmwarePackages;
    }

    /** As in package names and in {@code dpkg --print-architecture}. */
    String debianName() {
        return debianName;
    }

    /** The guest's name in the cache folder. */
    String cached() {
        return cached;
    }

    /** The part of the kernel image's name before the release. */
    String kernelPrefix() {
        return kernelPrefix;
    }

    /** Where shared libraries are, below {@code usr/lib}. */
    String libraryFolder() {
        return libraryFolder;
    }

    /** The dynamic loader's file name. */
    String loader() {
        return loader;
    }

    /** Kernel modules, each after those it needs. */
    List<String> modules() {
        return modules;
    }

    /** Packages that hold firmware. */
    List<String> firmwarePackages() {
        return firmwarePackages;
    }
}
