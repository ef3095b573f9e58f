// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

class ConfigurationSpaceLayoutTest {
    private static final int MSIX = 0x11;
    private static final int EXPRESS = 0x10;
    private static final int VENDOR = 0x09;

    private final PciFunction function = new TestDriver(2).function;

    private static List<Integer> chain(PciFunction function) {
        List<Integer> offsets = new ArrayList<>();
        for (int at = function.readConfig(0x34, 1); at != 0; at = function.readConfig(at + 1, 1)) {
            assertThat(offsets).as("the chain ends").hasSizeLessThan(48).doesNotContain(at);
            assertThat(at)
                    .isBetween(0x40, 0xfc)
                    .satisfies(offset -> assertThat(offset % 4).isZero());
            offsets.add(at);
        }
        return offsets;
    }

    private static List<Integer> ids(PciFunction function) {
        return chain(function).stream().map(at -> function.readConfig(at, 1)).toList();
    }

    private int find(int cfgType) {
        return chain(function).stream()
                .filter(at -> function.readConfig(at, 1) == VENDOR && function.readConfig(at + 3, 1) == cfgType)
                .findFirst()
                .orElseThrow();
    }

    private void assertStructure(int cfgType, int capLen, int offset, int length) {
        int at = find(cfgType);
        assertThat(function.readConfig(at + 2, 1)).as("cap_len").isEqualTo(capLen);
        assertThat(function.readConfig(at + 4, 4)).as("bar, id, padding").isEqualTo(4);
        assertThat(function.readConfig(at + 8, 4)).as("offset").isEqualTo(offset);
        assertThat(function.readConfig(at + 12, 4)).as("length").isEqualTo(length);
    }

    @Test
    @Tag("PCI-20")
    @Tag("PCI-21")
    @Tag("PCI-22")
    void identityIsThatOfAModernSoundDevice() {
        assertThat(function.readConfig(0x00, 4)).isEqualTo(0x10591af4);
        assertThat(function.readConfig(0x08, 4)).isEqualTo(0x04010001);
        assertThat(function.readConfig(0x2c, 4)).isEqualTo(0x11001af4);
        assertThat(function.readConfig(0x06, 2)).as("capability list").isEqualTo(0x0010);
    }

    @Test // HAIKU.md section 2: after the first virtio capability only byte 3 is looked at
    void virtioCapabilitiesComeLast() {
        assertThat(ids(function)).containsExactly(MSIX, EXPRESS, VENDOR, VENDOR, VENDOR, VENDOR, VENDOR);
    }

    @Test // one of each, no shared memory, no vendor data
    @Tag("PCI-26")
    @Tag("PCI-46")
    @Tag("PCI-47")
    void eachVirtioStructureHasOneCapability() {
        List<Integer> types = chain(function).stream()
                .filter(at -> function.readConfig(at, 1) == VENDOR)
                .map(at -> function.readConfig(at + 3, 1))
                .toList();
        assertThat(types).containsExactly(1, 3, 4, 2, 5);
    }

    @Test
    @Tag("PCI-25")
    @Tag("PCI-27")
    @Tag("PCI-40")
    @Tag("PCI-43")
    @Tag("PCI-45")
    void structuresLieWhereKnownGuestsWantThem() {
        assertStructure(1, 16, 0x0000, 0x40);
        assertStructure(3, 16, 0x1000, 1);
        assertStructure(4, 16, 0x2000, FakeVirtioDevice.CONFIG_LENGTH);
        assertStructure(2, 20, 0x3000, 0x1000);
        assertThat(function.readConfig(find(2) + 16, 4)).as("multiplier").isEqualTo(4);
        assertThat(function.readConfig(find(5) + 2, 1)).as("PCI_CFG cap_len").isEqualTo(20);
    }

    @Test
    @Tag("PCI-40")
    void notifyAddressesOfAllQueuesLieInTheNotifyStructure() {
        TestDriver driver = new TestDriver(2);
        for (int queue = 0; queue < FakeVirtioDevice.QUEUES; queue++) {
            driver.select(queue);
            long offset = driver.read(CommonCfg.QUEUE_NOTIFY_OFF, 2);
            assertThat(offset).isEqualTo(queue);
            assertThat(offset * 4 + 2).isLessThanOrEqualTo(0x1000);
        }
    }

    @Test
    @Tag("PCI-20")
    void virtioStructuresLieInsideTheirBars() {
        for (int cfgType = 1; cfgType <= 4; cfgType++) {
            int at = find(cfgType);
            int index = function.readConfig(at + 4, 1);
            Bar bar = function.bars().stream()
                    .filter(some -> some.index() == index)
                    .findFirst()
                    .orElseThrow();
            assertThat((long) function.readConfig(at + 8, 4) + function.readConfig(at + 12, 4))
                    .isLessThanOrEqualTo(bar.size());
        }
    }

    @Test
    @Tag("PCI-50")
    @Tag("PCI-51")
    void msixTableAndPendingBitsLieInBar1() {
        int at = chain(function).get(0);
        assertThat(function.readConfig(at + 2, 2)).isEqualTo(1);
        assertThat(function.readConfig(at + 4, 4)).isEqualTo(0x000 | 1);
        assertThat(function.readConfig(at + 8, 4)).isEqualTo(0x800 | 1);
        assertThat(function.bars()).containsExactly(new Bar(1, 0x1000, false, false), new Bar(4, 0x4000, true, true));
    }

    @Test
    void withoutVectorsThereIsNeitherCapabilityNorBar() {
        PciFunction without = new TestDriver(0).function;
        assertThat(ids(without)).containsExactly(EXPRESS, VENDOR, VENDOR, VENDOR, VENDOR, VENDOR);
        assertThat(without.bars()).containsExactly(new Bar(4, 0x4000, true, true));
        assertThat(without.readConfig(0x3d, 1)).as("INTA").isEqualTo(1);
    }

    @Test
    void hostWithoutMsixGetsNone() {
        PciFunction without = new TestDriver(new FakeHost(0, false), 2).function;
        assertThat(ids(without)).doesNotContain(MSIX);
    }

    @ParameterizedTest
    @Tag("PCI-50")
    @ValueSource(ints = {1, 3, 5, 64})
    void hostLimitsTheVectors(int limit) {
        PciFunction limited = new TestDriver(new FakeHost(limit, false), 64).function;
        assertThat(limited.readConfig(TestDriver.MSIX_CONTROL, 2)).isEqualTo(limit - 1);
    }

    @Test
    void expressCapabilityIsAVersion2EndpointWithFunctionLevelReset() {
        int at = chain(function).get(1);
        assertThat(function.readConfig(at + 2, 2)).isEqualTo(0x0002);
        assertThat(function.readConfig(at + 4, 4) >>> 28 & 1).isEqualTo(1);
        function.writeConfig(at + 8, 2, 0x5fff);
        assertThat(function.readConfig(at + 8, 2)).as("FLR bit reads 0").isEqualTo(0x58ff);
    }

    @Test
    void barsAreSizedByWritingOnes() {
        for (int offset = 0x10; offset < 0x28; offset += 4) {
            function.writeConfig(offset, 4, -1);
        }
        assertThat(function.readConfig(0x10, 4)).isZero();
        assertThat(function.readConfig(0x14, 4)).isEqualTo(0xfffff000);
        assertThat(function.readConfig(0x18, 4)).isZero();
        assertThat(function.readConfig(0x1c, 4)).isZero();
        assertThat(function.readConfig(0x20, 4)).isEqualTo(0xffffc00c);
        assertThat(function.readConfig(0x24, 4)).isEqualTo(-1);
    }

    @Test
    void nothingFollowsTheFirst256Bytes() {
        for (int offset = 0x100; offset < 0x1000; offset += 4) {
            assertThat(function.readConfig(offset, 4)).isZero();
        }
    }
}
