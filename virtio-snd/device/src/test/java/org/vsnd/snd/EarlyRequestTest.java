// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_CONTROL;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.virtio.VirtioDevice;

@DisplayName("A driver that asks before DRIVER_OK")
class EarlyRequestTest {
    private static final int PREPARE = 0x102;
    private static final int OK = 0x8000;
    private static final int TX = 2;
    private static final int PERIOD_FRAMES = 480;

    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);

    @BeforeEach
    void begin() {
        rig.device.reset();
        rig.play(1, PERIOD_FRAMES * Rig.FRAME);
        rig.device.driverEarly();
    }

    @Test
    @DisplayName("is answered, and its other queues are left alone until they are notified")
    void isAnswered() {
        assertThat(rig.setParams(0, 4 * PERIOD_FRAMES * Rig.FRAME, PERIOD_FRAMES * Rig.FRAME))
                .isEqualTo(OK);
        assertThat(rig.doneTags()).as("for a stream that is not prepared").isEmpty();
        rig.kick(TX);
        assertThat(rig.doneTags()).containsExactly(1);
        assertThat(rig.control(PREPARE, 0)).isEqualTo(OK);
    }

    @Test
    @DisplayName("has all its queues looked at once it sets DRIVER_OK, and its streams are as they were")
    void setsDriverOk() {
        rig.prepare(0, 4 * PERIOD_FRAMES, PERIOD_FRAMES);
        rig.device.driverOk(0);
        rig.start(0);
        rig.thread.advance(1_000_000_000);
        assertThat(rig.done(1).status()).isEqualTo(OK);
    }

    @Test
    @DisplayName("is served at its control queue only, and not by a strict device")
    void isServedAtItsControlQueue() {
        assertThat(rig.device.earlyQueue()).isEqualTo(VIRTIO_SND_VQ_CONTROL);
        assertThat(new Rig(StopRule.KEEP, true).device.earlyQueue()).isEqualTo(VirtioDevice.NO_QUEUE);
    }
}
