// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How QEMU runs the guest's instructions. */
public enum Accelerator {
    /** The host's hardware virtualisation. */
    KVM("kvm"),
    /** Emulation: slower, works everywhere. */
    TCG("tcg");

    private static final Duration KVM_BOOT_LIMIT = Duration.ofSeconds(8);
    private static final String ANSWER = "kvm-answer";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private final String option;

    Accelerator(String option) {
        this.option = option;
    }

    /** The argument of {@code -accel}. */
    public String option() {
        return option;
    }

    /**
     * KVM if a guest really boots with it: nested virtualisation may offer {@code /dev/kvm} and then hang. The answer is
     * kept in the cache folder until the machine is rebooted.
     */
    public static Accelerator choose(Qemu qemu, GuestParts parts, CacheFolder cache, Progress progress)
            throws BootException {
        if (!Files.isWritable(DEVICE)) {
            return TCG;
        }
        try {
            Path answer = cache.path().resolve(ANSWER);
            String bootId = Files.readString(BOOT_ID).strip();
            Accelerator known = known(answer, bootId);
            if (known != null) {
                return known;
            }
            progress.step("trying KVM");
            Accelerator found = boots(qemu, parts) ? KVM : TCG;
            progress.step(found == KVM ? "KVM works" : "KVM does not run a guest here: QEMU will emulate (TCG)");
            Files.writeString(answer, bootId + " " + found + "\n");
            return found;
        } catch (IOException e) {
            return TCG;
        }
    }

    /**
     * The same for a guest whose parts need not be here. A real machine is trusted to run any guest; in a virtual
     * one {@link #choose} has to try, and the guest for that is fetched if possible.
     */
    public static Accelerator chooseForImage(Qemu qemu, CacheFolder cache, Progress progress) {
        if (!Files.isWritable(DEVICE)) {
            return TCG;
        }
        Accelerator known = known(cache);
        if (known != null) {
            return known;
        }
        try {
            return isVirtualMachine() ? choose(qemu, GuestParts.obtain(cache, progress), cache, progress) : KVM;
        } catch (BootException | IOException e) {
            progress.step("cannot try KVM: QEMU will emulate, which is slow; --accel kvm uses it untried ("
                    + e.getMessage() + ")");
            return TCG;
        }
    }

    /** Whether this machine is itself virtual: its processors then report a hypervisor. */
    private static boolean isVirtualMachine() throws IOException {
        return Files.readString(PROCESSORS)
                .lines()
                .anyMatch(line -> line.startsWith("flags") && line.contains(" hypervisor"));
    }

    /** What {@link #choose} found since the machine was started, or null if it has not been called yet. */
    public static @Nullable Accelerator known(CacheFolder cache) {
        try {
            return known(cache.path().resolve(ANSWER), Files.readString(BOOT_ID).strip());
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable Accelerator known(Path answer, String bootId) throws IOException {
        if (!Files.isReadable(answer)) {
            return null;
        }
        String[] words = Files.readString(answer).strip().split(" ", -1);
        return words.length == 2 && words[0].equals(bootId) ? (words[1].equals("KVM") ? KVM : TCG) : null;
    }

    private static boolean boots(Qemu qemu, GuestParts parts) throws BootException, IOException {
        Path folder = Files.createTempDirectory("vsnd-kvm");
        try {
            new Initramfs(parts).write(folder.resolve("initrd"));
            try (LinuxGuest guest = LinuxGuest.builder(qemu, parts, folder.resolve("initrd"), folder)
                    .accelerator(KVM)
                    .start()) {
                guest.awaitReady(KVM_BOOT_LIMIT);
                return true;
            } catch (BootException e) {
                return false;
            }
        } finally {
            CacheFolder.deleteTree(folder);
        }
    }
}
