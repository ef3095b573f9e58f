// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a driver has shown of itself")
class DriverHabitsTest {
    private static final byte[] PCM_INFO = {0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 32, 0, 0, 0};

    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);

    @Test
    @DisplayName("is told when it plays, with everything it did before, and once")
    void toldWhenItPlays() {
        rig.submit(1, 0, new byte[0], 8);
        rig.kick(1);
        rig.control(PCM_INFO, 68);
        rig.control(PCM_INFO, 68);
        rig.control(0x200, 0, 0, 24);
        rig.prepare(0, 960, 480);
        rig.play(1, 1920);
        assertThat(rig.drivers).isEmpty();
        rig.start(0);
        rig.stop(0);
        rig.release(0);
        rig.prepare(0, 960, 480);
        rig.start(0);
        rig.play(2, 1920);
        assertThat(rig.drivers)
                .containsExactly(new DriverTraits(
                        VIRTIO_F_VERSION_1,
                        false,
                        List.of(64, 64, 256, 256),
                        1,
                        true,
                        2,
                        new ChainShape(List.of(16L), List.of(68L)),
                        1,
                        new DriverTraits.Params(3840, 1920, 2, 5, 7),
                        false,
                        false,
                        new ChainShape(List.of(1924L), List.of(8L)),
                        ChainShape.NONE));
    }

    @Test
    @DisplayName("says that it starts with nothing queued")
    void startedEmpty() {
        rig.prepare(0, 960, 480);
        rig.start(0);
        assertThat(rig.drivers).isEmpty();
        rig.play(1, 1920);
        assertThat(rig.drivers).singleElement().returns(true, DriverTraits::startedEmpty);
    }

    @Test
    @DisplayName("has its first recording message, and is told at STOP if there was none")
    void recording() {
        rig.prepare(1, 960, 480);
        rig.record(1, 1920);
        rig.start(1);
        assertThat(rig.drivers)
                .singleElement()
                .returns(new ChainShape(List.of(4L), List.of(1928L)), DriverTraits::recording);
        rig.device.reset();
        rig.device.driverOk(0);
        rig.prepare(1, 960, 480);
        rig.start(1);
        rig.stop(1);
        assertThat(rig.drivers).hasSize(2);
    }

    @Test
    @DisplayName("is told when it may give up, and when it goes without having played")
    void givesUp() {
        rig.control(0x101, 0, 3840, 1920, 0, 0x0004_0502);
        assertThat(rig.drivers)
                .singleElement()
                .returns(4, traits -> traits.params().rate());
        rig.device.reset();
        rig.device.driverOk(0);
        rig.control(0x102);
        rig.setParams(0, 3840, 1920);
        rig.setParams(1, 3840, 1920);
        rig.device.reset();
        assertThat(rig.drivers.get(1).setUps()).isEqualTo(2);
        assertThat(rig.drivers.get(1).shortCommand()).isTrue();
        rig.device.driverOk(0);
        rig.control(PCM_INFO, 68);
        rig.device.reset();
        assertThat(rig.drivers).hasSize(3);
        rig.device.driverOk(0);
        rig.device.reset();
        assertThat(rig.drivers).hasSize(3);
    }

    @Test
    @DisplayName("is told when START is refused, and without parameters when SET_PARAMS has none")
    void refused() {
        rig.control(0x101, 0);
        assertThat(rig.drivers).singleElement().returns(DriverTraits.Params.NONE, DriverTraits::params);
        rig.device.reset();
        rig.device.driverOk(0);
        rig.control(0x104, 0);
        assertThat(rig.drivers).hasSize(2);
    }

    @Test
    @DisplayName("says that it did not wait for DRIVER_OK")
    void early() {
        rig.device.reset();
        rig.device.driverEarly();
        rig.prepare(0, 960, 480);
        rig.start(0);
        rig.play(1, 1920);
        assertThat(rig.drivers).singleElement().returns(true, DriverTraits::early);
    }
}
