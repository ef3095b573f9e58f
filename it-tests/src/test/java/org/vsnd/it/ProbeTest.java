// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.GuestAllocator;
import org.vsnd.guest.driver.PciBar;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PciCard;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.driver.VirtioPciDriver;

@DisplayName("A guest that enumerates the card")
class ProbeTest {
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"VHOST_QEMU", "VHOST_RUST_VMM"}) // whose PCI function is the monitor's
    @DisplayName("finds the identity that every known guest binds to (SND-01, PCI-21, PCI-22)")
    void findsTheIdentity(HostKind kind) {
        try (Machine machine = kind.open()) {
            PciCard card = PciProbe.probe(machine.bus());
            assertThat(card.vendor()).isEqualTo(0x1af4);
            assertThat(card.device()).isEqualTo(0x1059);
            assertThat(card.revision()).isEqualTo(1);
            assertThat(card.classCode()).isEqualTo(0x040100);
            assertThat(card.subsystemDevice()).isGreaterThanOrEqualTo(0x40);
            assertThat(card.interruptPin()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PROCESS", "IN_PROCESS_HOST_MASKS"})
    @Tag("PCI-25")
    @Tag("PCI-27")
    @Tag("PCI-40")
    @Tag("PCI-43")
    @Tag("PCI-45")
    @DisplayName("finds MSI-X, PCI Express and virtio capabilities in this order, and BARs that hold them")
    void findsTheLayout(HostKind kind) {
        try (Machine machine = kind.open()) {
            PciCard card = PciProbe.probe(machine.bus());
            assertThat(card.capabilities().stream().map(PciCapability::id)).containsExactly(0x11, 0x10, 9, 9, 9, 9, 9);
            assertThat(card.bars().stream().map(PciBar::index)).containsExactly(1, 4);
            assertThat(card.bar(4).size()).isEqualTo(16384);
            assertThat(card.bar(4).is64Bit()).isTrue();
            for (VirtioCapability cap : card.virtio()) {
                if (cap.type() == VirtioCapability.PCI_CFG) {
                    continue;
                }
                assertThat(cap.bar()).isEqualTo(4);
                assertThat(cap.start() + cap.length()).isLessThanOrEqualTo(16384);
                assertThat(cap.start() % 4).isZero();
            }
            assertThat(card.virtio(VirtioCapability.COMMON).start()).isZero();
            assertThat(card.virtio(VirtioCapability.ISR).start()).isEqualTo(0x1000);
            assertThat(card.virtio(VirtioCapability.DEVICE).start()).isEqualTo(0x2000);
            assertThat(card.virtio(VirtioCapability.NOTIFY).start()).isEqualTo(0x3000);
            assertThat(card.virtio(VirtioCapability.NOTIFY).length())
                    .as("Haiku reads the multiplier only then")
                    .isEqualTo(0x1000);
            assertThat(card.virtio(VirtioCapability.NOTIFY).capLength()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "finds four queues and the device's configuration, before FEATURES_OK (SND-02, SND-04, SND-05, PCI-34)")
    void findsQueuesAndConfiguration(HostKind kind) {
        try (Machine machine = kind.open()) {
            PciCard card = PciProbe.probe(machine.bus());
            VirtioPciDriver pci = new VirtioPciDriver(
                    machine.bus(),
                    card,
                    DriverStyle.PLAIN,
                    GuestAllocator.above1Mib(machine.bus().ram()));
            pci.reset();
            pci.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
            assertThat(pci.common(VirtioPciCommonCfg.NUM_QUEUES, 2)).isEqualTo(4);
            int[] sizes = kind.isVhost() ? new int[] {64, 64, 64, 64} : new int[] {64, 64, 256, 256};
            for (int queue = 0; queue < 4; queue++) {
                pci.common(VirtioPciCommonCfg.QUEUE_SELECT, 2, queue);
                assertThat(pci.common(VirtioPciCommonCfg.QUEUE_SIZE, 2)).isEqualTo(sizes[queue]);
            }
            for (int queue : new int[] {4, 0xffff}) {
                pci.common(VirtioPciCommonCfg.QUEUE_SELECT, 2, queue);
                assertThat(pci.common(VirtioPciCommonCfg.QUEUE_SIZE, 2)).isZero();
            }
            for (int field = 0; field < 4; field++) {
                long before = pci.deviceConfig(4 * field, 4);
                pci.deviceConfig(4 * field, 4, 0xffff_ffffL);
                assertThat(pci.deviceConfig(4 * field, 4)).isEqualTo(before);
            }
            assertThat(pci.deviceConfig(0, 4)).as("jacks").isZero();
            assertThat(pci.deviceConfig(4, 4)).as("streams").isEqualTo(2);
            assertThat(pci.deviceConfig(8, 4)).as("chmaps").isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"VHOST_QEMU", "VHOST_RUST_VMM"}) // our monitor refuses no feature
    @DisplayName("is offered known features only, and may not take others (SND-03, PCI-06, PCI-07, PCI-11)")
    void isOfferedKnownFeatures(HostKind kind) {
        try (Machine machine = kind.open()) {
            VirtioPciDriver pci = new VirtioPciDriver(
                    machine.bus(),
                    PciProbe.probe(machine.bus()),
                    DriverStyle.LINUX,
                    GuestAllocator.above1Mib(machine.bus().ram()));
            pci.reset();
            long known = Features.SND_CTLS
                    | Features.INDIRECT_DESC
                    | Features.EVENT_IDX
                    | Features.VERSION_1
                    | Features.RING_RESET;
            assertThat(pci.offeredFeatures() & ~known).isZero();
            assertThat(pci.offeredFeatures() & Features.VERSION_1).isNotZero();
            for (int word : new int[] {2, 3, -1}) {
                assertThat(pci.offeredFeatures(word)).isZero();
            }
            pci.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
            pci.acceptFeatures(Features.VERSION_1 | (1L << 60));
            pci.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE
                    | VirtioPciCommonCfg.STATUS_DRIVER
                    | VirtioPciCommonCfg.STATUS_FEATURES_OK);
            assertThat(pci.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("starts a hundred times with the same features (PCI-08)")
    void startsAHundredTimes(HostKind kind) {
        try (Machine machine = kind.open()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            long features = driver.pci().features();
            for (int i = 0; i < 100; i++) {
                driver.start();
                assertThat(driver.pci().features()).isEqualTo(features);
            }
            assertThat(driver.pcmInfo()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("works with every style of driver")
    void worksWithEveryStyle(HostKind kind) {
        for (DriverStyle style : List.of(
                DriverStyle.LINUX,
                DriverStyle.HAIKU,
                DriverStyle.PLAIN,
                DriverStyle.PLAIN.withRing(true, false),
                DriverStyle.PLAIN.withRing(false, true),
                DriverStyle.LINUX.withMsix(false),
                DriverStyle.HAIKU.withMsix(false),
                DriverStyle.LINUX.withQueueSize(4))) {
            try (Machine machine = kind.open()) {
                SoundDriver driver = machine.driver(style);
                assertThat(driver.firstStream(true)).isZero();
                assertThat(driver.firstStream(false)).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("may map every vector, and reads NO_VECTOR back for others (PCI-50, PCI-51, PCI-52, PCI-53)")
    void mapsVectors() {
        try (Machine machine = VirtualMachine.guarded(Map.of("msix", "8"))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(driver.pci().msixVectors()).isEqualTo(8);
            assertThat(driver.pci().vector(SndWire.TX_QUEUE)).isEqualTo(3);
            for (int vector = 0; vector < 8; vector++) {
                driver.pci().setConfigVector(vector);
                assertThat(driver.pci().common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2))
                        .isEqualTo(vector);
            }
            driver.pci().setConfigVector(8);
            assertThat(driver.pci().common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2))
                    .isEqualTo(VirtioPciCommonCfg.NO_VECTOR);
            driver.pci().common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        }
    }

    @Test
    @DisplayName("finds no MSI-X where the operator or the host wants none")
    void findsNoMsix() {
        try (Machine machine = VirtualMachine.guarded(Map.of("msix", "0"))) {
            assertThat(PciProbe.probe(machine.bus()).capability(PciCapability.MSIX))
                    .isZero();
        }
        try (Machine machine = VirtualMachine.intxOnly(Map.of())) {
            assertThat(PciProbe.probe(machine.bus()).capability(PciCapability.MSIX))
                    .isZero();
        }
    }

    @Test
    @DisplayName("gets masked messages when it unmasks them, and sees their pending bit (PCI-56)")
    void getsMaskedMessagesLater() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            int vector = driver.pci().vector(SndWire.TX_QUEUE);
            driver.pci().maskVector(vector, true);
            long before = machine.host().interrupts().total();
            var message = driver.message(99, true, 64); // an unknown stream is answered at once
            driver.submit(message);
            assertThat(machine.host().interrupts().total()).isEqualTo(before);
            assertThat(driver.pci().isPending(vector)).isTrue();
            driver.pci().maskVector(vector, false);
            assertThat(machine.host().interrupts().total()).isEqualTo(before + 1);
            assertThat(driver.pci().isPending(vector)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"VHOST_QEMU", "VHOST_RUST_VMM"}) // whose PCI function is the monitor's
    @DisplayName("survives accesses of every size at every offset (PCI-24)")
    void survivesEveryAccess(HostKind kind) {
        try (Machine machine = kind.open()) {
            PciProbe.probe(machine.bus());
            for (int offset = 0; offset < 4096; offset += kind == HostKind.IN_PROCESS ? 1 : 37) {
                for (int size : new int[] {1, 2, 4}) {
                    if (offset + size <= 4096) {
                        int value = machine.bus().readConfig(offset, size);
                        assertThat(size == 4 || value >>> (8 * size) == 0).isTrue();
                    }
                }
            }
            for (long offset = 0; offset < 16384; offset += kind == HostKind.IN_PROCESS ? 1 : 37) {
                for (int size : new int[] {1, 2, 4, 8}) {
                    if (offset + size <= 16384) {
                        machine.bus().readBar(4, offset, size);
                    }
                }
            }
            assertThat(machine.driver(DriverStyle.PLAIN).pcmInfo()).hasSize(2);
        }
    }
}
