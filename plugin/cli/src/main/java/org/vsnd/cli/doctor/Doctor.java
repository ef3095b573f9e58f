// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vsnd.cli.boot.Accelerator;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.DebianPackages;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Progress;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.boot.Tool;
import org.vsnd.measure.picture.Picture;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.RealtimePriority;

/** Checks everything {@code vsnd} needs. Changes nothing. */
public final class Doctor {
    private static final int JAVA_NEEDED = 17;
    private static final int PRIORITY = 50;
    private static final Path KVM = Path.of("/dev/kvm");

    private final CacheFolder cache;

    /**
     * For this machine.
     *
     * @param cache where {@code vsnd boot} keeps its parts
     */
    public Doctor(CacheFolder cache) {
        this.cache = cache;
    }

    /** Checks one thing after another. */
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>(List.of(
                java(),
                compiler(),
                tool("Maven", "mvn", "only to build vsnd", "apt-get install maven"),
                nativeLibrary(),
                memfd(),
                realtimePriority(),
                qemu(),
                guest(),
                cacheFolder(),
                kvm(),
                pictures(),
                tool("C compiler", "gcc", "only for ./vsnd test and bench", "apt-get install gcc libc6-dev")));
        findings.addAll(HypervisorFindings.here().examine());
        findings.addAll(HostAudioFindings.examine());
        return findings;
    }

    /** Whether {@code vsnd boot} would work. */
    public static boolean healthy(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.state() == Finding.State.MISSING);
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        String found = Runtime.version() + " in " + System.getProperty("java.home");
        return feature >= JAVA_NEEDED
                ? Finding.ok("Java", found)
                : Finding.missing("Java", found + ": apt-get install default-jdk-headless");
    }

    /** Debian's package maven brings a Java that runs programs but does not compile. */
    private static Finding compiler() {
        Path beside = Path.of(System.getProperty("java.home", "/"), "bin", "javac");
        return Files.isExecutable(beside)
                ? Finding.ok("Java compiler", beside.toString())
                : tool("Java compiler", "javac", "only to build vsnd", "apt-get install default-jdk-headless");
    }

    private static Finding pictures() {
        return Picture.obstacle()
                .map(obstacle -> Finding.note("pictures", "vsnd demo and replay --report draw none: " + obstacle))
                .orElseGet(() -> Finding.ok("pictures", "this Java can draw"));
    }

    private static Finding tool(String what, String program, String need, String install) {
        Path found = Tool.find(program);
        return found == null
                ? Finding.note(what, "not found, needed " + need + ": " + install)
                : Finding.ok(what, found.toString());
    }

    private static Finding nativeLibrary() {
        String what = "native library";
        try (EventFd probe = EventFd.create()) {
            return Finding.ok(what, "JNA's library loads" + (probe.fd() < 0 ? " (oddly)" : ""));
        } catch (ErrnoException e) {
            return Finding.missing(what, "loads, but eventfd fails (" + e.getMessage() + "): is this Linux?");
        } catch (LinkageError e) {
            return Finding.missing(
                    what,
                    "JNA cannot unpack its library (" + Tool.tail(String.valueOf(e.getMessage()), 1) + "); if "
                            + System.getProperty("java.io.tmpdir")
                            + " is mounted noexec: VSND_JAVA_OPTS=-Djna.tmpdir=FOLDER ./vsnd ...");
        }
    }

    private static Finding memfd() {
        try (MemFd probe = MemFd.create("vsnd-doctor", 4096, true)) {
            return Finding.ok("shared memory", "memfd works" + (probe.fd() < 0 ? " (oddly)" : ""));
        } catch (ErrnoException e) {
            return Finding.missing("shared memory", "memfd_create fails: " + e.getMessage() + "; Linux 3.17 is needed");
        } catch (LinkageError e) {
            return Finding.missing("shared memory", "cannot be checked without the native library");
        }
    }

    private static Finding realtimePriority() {
        String what = "real-time priority";
        try {
            Optional<String> refusal = RealtimePriority.request(PRIORITY);
            if (refusal.isEmpty()) {
                RealtimePriority.giveUp();
                return Finding.ok(what, "granted");
            }
            return Finding.note(
                    what,
                    "refused (" + refusal.get() + "), so a few wake-ups will be late: add \"@audio - rtprio 60\" to "
                            + "/etc/security/limits.d/audio.conf and yourself to the group audio");
        } catch (LinkageError e) {
            return Finding.note(what, "cannot be checked without the native library");
        }
    }

    private Finding qemu() {
        if (!Qemu.system().fronts().isEmpty()) {
            return Finding.ok("QEMU", Qemu.system().origin() + " attaches the card");
        }
        if (cache.has(Qemu.CACHED)) {
            try {
                return Finding.ok("QEMU", Qemu.cached(cache, Progress.SILENT).origin());
            } catch (BootException e) {
                return Finding.missing("QEMU", String.valueOf(e.getMessage()));
            }
        }
        return fetchable("QEMU", "no QEMU on this system that attaches the card (9.0 or later)");
    }

    private Finding guest() {
        return cache.has(GuestParts.CACHED)
                ? Finding.ok("guest", "Debian 13's kernel in " + cache.path().resolve(GuestParts.CACHED))
                : fetchable("guest", "no guest kernel yet");
    }

    private static Finding fetchable(String what, String lack) {
        return DebianPackages.obstacle()
                .map(obstacle -> Finding.missing(what, lack + ", and " + obstacle))
                .orElseGet(() -> Finding.later(what, lack + ": ./vsnd boot fetches it from Debian's mirror"));
    }

    private Finding cacheFolder() {
        return cache.obstacle(cache.has(Qemu.CACHED) && cache.has(GuestParts.CACHED) ? 0 : CacheFolder.NEEDED_BYTES)
                .map(obstacle -> Finding.missing("cache folder", obstacle))
                .orElseGet(() -> Finding.ok(
                        "cache folder",
                        cache.path() + ", " + (cache.usableBytes() >> 20) + " MiB free (about 1000 are needed once)"));
    }

    private Finding kvm() {
        if (!Files.isWritable(KVM)) {
            return Finding.note("KVM", "not usable, guests run slower: needs " + KVM + " and the group kvm");
        }
        Accelerator known = Accelerator.known(cache);
        if (known == null) {
            return Finding.note("KVM", KVM + " exists; ./vsnd boot will try whether a guest runs with it");
        }
        return known == Accelerator.KVM
                ? Finding.ok("KVM", "runs a guest")
                : Finding.note("KVM", "was tried and does not run a guest here: guests run slower");
    }
}
