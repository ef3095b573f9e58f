// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each hypervisor can do, asked of scripts that answer as the real ones do. */
@DisplayName("The hypervisors that are installed")
class HypervisorFindingsTest {
    @TempDir
    Path folder;

    private Path bin;

    @BeforeEach
    void makeFolders() throws IOException {
        bin = Files.createDirectories(folder.resolve("bin"));
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> lines() {
        return new HypervisorFindings(List.of(folder.resolve("absent"), bin), List.of(folder.resolve("lib")))
                .examine().stream()
                        .map(finding -> finding.line().replaceAll(" +", " "))
                        .toList();
    }

    @Test
    void noneIsNotMentioned() {
        assertThat(lines()).isEmpty();
    }

    @Test
    void everyQemuIsNamedWithItsVersionAndWhatItCanDo() throws Exception {
        String version = "case $1 in -version) echo 'QEMU emulator version %s (Debian)';; *) ";
        program(
                "qemu-system-x86_64",
                version.formatted("10.0.13") + "echo 'name \"vhost-user-snd-pci\", bus PCI';; esac");
        program(
                "qemu-system-aarch64",
                version.formatted("11.1.3")
                        + "echo 'name \"vfio-user-pci\", bus PCI'; echo 'name \"vhost-user-snd-pci\"';; esac");
        program("qemu-system-i386", version.formatted("7.2.19") + "echo 'name \"e1000\"';; esac");
        program("qemu-system-broken", "exit 1");
        program("qemu-img", "exit 1");

        assertThat(lines())
                .containsExactly(
                        "ok qemu-system-aarch64 11.1.3 (Debian) attaches the card by vfio-user or vhost-user",
                        "note qemu-system-broken does not run: qemu-system-broken failed with exit code 1: ",
                        "note qemu-system-i386 7.2.19 (Debian) is too old, or built without what attaches the card",
                        "ok qemu-system-x86_64 10.0.13 (Debian) attaches the card by vhost-user");
    }

    @Test
    void othersAreAskedForTheirOptions() throws Exception {
        program(
                "cloud-hypervisor",
                "echo '      --generic-vhost-user <generic-vhost-user>'; echo ' --user-device <d>'");
        program("crosvm", "[ \"$*\" = 'run --help' ] && echo '  --vhost-user [type=]TYPE,socket=SOCKET_PATH'");

        assertThat(lines())
                .containsExactly(
                        "ok cloud-hypervisor " + bin.resolve("cloud-hypervisor")
                                + " attaches the card by vfio-user or vhost-user",
                        "ok crosvm " + bin.resolve("crosvm") + " attaches the card by vhost-user");
        program("cloud-hypervisor", "echo '      --user-device <user-device>'");
        program("crosvm", "echo Usage");
        assertThat(lines())
                .containsExactly(
                        "ok cloud-hypervisor " + bin.resolve("cloud-hypervisor") + " attaches the card by vfio-user",
                        "note crosvm " + bin.resolve("crosvm")
                                + " is too old, or built without what attaches the card");
    }

    @Test
    void aLibraryIsFoundByItsName() throws Exception {
        Path lib = Files.createDirectories(folder.resolve("lib/x86_64-linux-gnu"));
        Files.createFile(lib.resolve("libkrun.so.1"));
        assertThat(lines())
                .containsExactly(
                        "note libkrun " + lib.resolve("libkrun.so.1") + " is too old: libkrun 2 attaches the card");
        Files.createFile(lib.resolve("libkrun.so.2"));
        assertThat(lines())
                .containsExactly("ok libkrun " + lib.resolve("libkrun.so.2") + " attaches the card by vhost-user");
    }
}
