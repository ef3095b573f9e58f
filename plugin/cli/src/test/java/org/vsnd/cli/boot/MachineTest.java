// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.cli.serve.Front;

class MachineTest {
    private static final DiskImage CD = new DiskImage(Path.of("/i/haiku.iso"), ImageFormat.ISO_9660, true);
    private static final DiskImage DISK = new DiskImage(Path.of("/i/a,b.qcow2"), ImageFormat.QCOW2, false);

    private static String arguments(Accelerator accelerator, boolean snapshot, DiskImage... images) {
        Machine machine = new Machine(
                accelerator, "3G", List.of(images), snapshot, "none", Path.of("/i/s.log"), List.of("-smp", "4"));
        return String.join(" ", machine.arguments(Front.VFIO_USER, Path.of("/run/sound")));
    }

    @Test
    void memoryIsSharedAndThereAreTwoProcessors() {
        assertThat(arguments(Accelerator.KVM, false, DISK))
                .startsWith("-machine q35,memory-backend=mem0 -accel kvm -cpu host -smp 2 -m 3G"
                        + " -object memory-backend-memfd,id=mem0,share=on,size=3G -nodefaults");
        assertThat(arguments(Accelerator.TCG, false, DISK)).contains("-accel tcg -cpu max,la57=off ");
    }

    @Test
    void theFirstImageIsBootedFirst() {
        assertThat(arguments(Accelerator.TCG, false, CD, DISK))
                .contains(" -drive if=none,id=drive0,format=raw,file=/i/haiku.iso,readonly=on"
                        + " -device ide-cd,bus=ide.0,drive=drive0,bootindex=0"
                        + " -drive if=none,id=drive1,format=qcow2,file=/i/a,,b.qcow2"
                        + " -device ide-hd,bus=ide.1,drive=drive1,bootindex=1 ");
    }

    @Test
    void aSnapshotIsForDisksOnly() {
        assertThat(arguments(Accelerator.TCG, true, CD.asDisk(), CD))
                .contains("drive0,format=raw,file=/i/haiku.iso,snapshot=on -device ide-hd,")
                .contains("drive1,format=raw,file=/i/haiku.iso,readonly=on -device ide-cd,");
    }

    @Test
    void theCardIsThereAndTheOperatorsArgumentsComeLast() {
        assertThat(arguments(Accelerator.TCG, false, DISK))
                .contains(" -chardev file,id=serial,path=/i/s.log -serial chardev:serial ")
                .endsWith(" -device {\"driver\":\"vfio-user-pci\",\"id\":\"sound\","
                        + "\"socket\":{\"type\":\"unix\",\"path\":\"/run/sound\"}} -smp 4");
    }
}
