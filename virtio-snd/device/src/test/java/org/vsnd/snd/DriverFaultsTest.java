// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_BAD_MSG;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a driver does wrong")
class DriverFaultsTest {
    private static final int PCM_INFO = 0x100;

    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);
    private final FaultLines log = new FaultLines();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    @DisplayName("is said with what it should send: a request without its end (SND-12)")
    void shortRequest() {
        assertThat(rig.control(0x102)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        assertThat(log.lines())
                .containsExactly("the driver sends a request 0x0102 of 4 bytes, which is answered BAD_MSG;"
                        + " it should send all 8 of its structure");
        rig.control(new byte[2], 4);
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    @DisplayName("is said with what it should leave: room for the reply (SND-17)")
    void shortReply() {
        rig.control(words(PCM_INFO, 0, 1, 32), 32);
        assertThat(log.lines())
                .containsExactly(
                        "the driver leaves 32 bytes for the reply to request 0x0100, which is answered BAD_MSG;"
                                + " it should leave 36: 4 for the status, and the items");
        rig.control(words(PCM_INFO, 0, 1, 32), 3);
        assertThat(log.lines().get(1)).contains("leaves 3 bytes").endsWith("at least 4");
    }

    @Test
    @DisplayName("is said after eight messages that have a header of 8 bytes, and not after others")
    void longHeader() {
        rig.prepare(0, 1920, 480);
        for (int tag = 0; tag < 7; tag++) {
            rig.play(0, 480 * Rig.FRAME + 4);
        }
        rig.play(1, 480 * Rig.FRAME + 4); // begins with sound
        for (int tag = 0; tag < 7; tag++) {
            rig.play(0, 480 * Rig.FRAME + 4);
        }
        rig.play(0, 480 * Rig.FRAME);
        rig.submitNowhere(2, 0, 480 * Rig.FRAME + 4);
        for (int tag = 0; tag < 7; tag++) {
            rig.play(0, 480 * Rig.FRAME + 4);
        }
        assertThat(log.lines()).isEmpty();
        rig.play(0, 480 * Rig.FRAME + 4);
        assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("header=8"));
    }

    @Test
    @DisplayName("is said when a header names no stream of its queue: it may be gone already")
    void noStream() {
        rig.submit(2, 0, new byte[] {1, 0, 0, 0, 5, 5, 5, 5}, 8);
        rig.kick(2);
        assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("for stream 1,"));
    }

    @Test
    @DisplayName("is said with what was asked for: parameters that are not offered (SND-41)")
    void notOffered() {
        rig.control(0x101, 0, 3840, 1920, 0, 0x0004_0502);
        rig.control(0x101, 0, 3840, 1920, 0, 0x0007_0302);
        assertThat(log.lines())
                .singleElement()
                .satisfies(
                        line -> assertThat(line)
                                .startsWith(
                                        "the driver sets what PCM_INFO does not offer (rate 4, 22050 Hz), which is answered NOT_SUPP"));
        rig.device.reset();
        rig.device.driverOk(0);
        rig.thread.advance(61_000_000_000L);
        rig.control(0x101, 0, 3840, 1920, 0, 0x0007_0302);
        assertThat(log.lines().get(1)).contains("(format 3, S8)");
    }

    @Test
    @DisplayName("is said once in a driver's life, and once a minute by a driver that resets and resets")
    void saidOnce() {
        for (int i = 0; i < 10; i++) {
            rig.control(0x102);
            rig.control(0x104);
        }
        assertThat(log.lines()).hasSize(1);
        for (int life = 0; life < 10; life++) {
            rig.device.reset();
            rig.device.driverOk(0);
            rig.thread.advance(7_000_000_000L);
            rig.control(0x102);
        }
        assertThat(log.lines()).hasSize(2);
    }

    private static byte[] words(int... words) {
        byte[] bytes = new byte[4 * words.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / 4] >> (8 * (i % 4)));
        }
        return bytes;
    }
}
