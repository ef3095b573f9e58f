// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.serve.Front;

/** Which QEMU runs the guest, and how it gets the card. The QEMUs are scripts that say what a real one would. */
@DisplayName("The QEMU that attaches the card")
class AttachingQemuTest {
    @TempDir
    Path folder;

    private String qemu(String... models) throws IOException {
        StringBuilder script = new StringBuilder("#!/bin/sh\n");
        for (String model : models) {
            script.append("echo 'name \"").append(model).append("\", bus PCI'\n");
        }
        Path file = Files.writeString(Files.createTempFile(folder, "qemu", ""), script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private AttachingQemu choose(String program, Front front) throws BootException {
        return AttachingQemu.choose(
                new AttachingQemu.Wish(program, front), new CacheFolder(folder.resolve("cache")), Progress.SILENT);
    }

    @Test
    void ofTwoWaysTheCardsOwnFunctionIsTaken() throws Exception {
        String both = qemu("virtio-sound-pci", "vhost-user-snd-pci", "vfio-user-pci");

        assertThat(choose(both, null).front()).isEqualTo(Front.VFIO_USER);
        assertThat(choose(both, Front.VHOST_USER).front()).isEqualTo(Front.VHOST_USER);
        assertThat(choose(both, null).qemu().command()).containsExactly(both);
    }

    @Test
    void anOlderOneAttachesTheCardByVhostUser() throws Exception {
        String older = qemu("vhost-user-snd-pci");

        assertThat(choose(older, null).front()).isEqualTo(Front.VHOST_USER);
        assertThatThrownBy(() -> choose(older, Front.VFIO_USER))
                .isInstanceOf(BootException.class)
                .hasMessage(older
                        + " attaches the card by vhost-user only: leave out --attach, or give --qemu another one");
    }

    @Test
    void oneThatCannotIsRefusedWithWhatIsMissing() throws Exception {
        String old = qemu("virtio-sound-pci");

        assertThatThrownBy(() -> choose(old, null))
                .isInstanceOf(BootException.class)
                .hasMessage(
                        old + " has neither vfio-user-pci (QEMU 10.1) nor vhost-user-snd-pci (QEMU 9.0), or does not"
                                + " run: give --qemu another one, or leave it out");
        assertThatThrownBy(() -> choose(folder + "/absent", null))
                .isInstanceOf(BootException.class)
                .hasMessage("there is no program " + folder + "/absent: give --qemu the path of QEMU, or leave it out");
        assertThatThrownBy(() -> choose(folder.toString(), null)).hasMessageStartingWith("there is no program ");
        assertThatThrownBy(() -> choose("no-such-qemu", null)).hasMessageStartingWith("there is no program no-such");
    }

    @Test
    void aWishIsGrantedOnlyIfItCanBe() {
        assertThat(AttachingQemu.Wish.ANY.among(Set.of())).isEmpty();
        assertThat(new AttachingQemu.Wish(null, Front.VHOST_USER).among(EnumSet.of(Front.VFIO_USER)))
                .isEmpty();
    }

    @Test
    void eachFrontHasItsArguments() {
        assertThat(QemuCard.arguments(Front.VHOST_USER, "sound", Path.of("/run/a,b")))
                .containsExactly(
                        "-chardev",
                        "socket,id=sound-socket,path=/run/a,,b",
                        "-device",
                        "vhost-user-snd-pci,id=sound,chardev=sound-socket");
        assertThat(QemuCard.arguments(Front.VFIO_USER, "sound", Path.of("/run/a,b")))
                .containsExactly(
                        "-device",
                        "{\"driver\":\"vfio-user-pci\",\"id\":\"sound\","
                                + "\"socket\":{\"type\":\"unix\",\"path\":\"/run/a,b\"}}");
    }
}
