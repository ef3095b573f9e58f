// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_BAD_MSG;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_NOT_SUPP;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.virtio.VirtioFeatures;

class ControlQueueTest {
    private static final int PCM_INFO = 0x100;

    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.AUTO);

    private static byte[] words(int... words) {
        ByteBuffer request = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            request.putInt(word);
        }
        return request.array();
    }

    @ParameterizedTest
    @DisplayName("SND-16: items stand at the distance that the driver chose, cut or filled with zeros")
    @CsvSource({"28", "32", "48"})
    void itemsStandAtTheDriversStride(int size) {
        ByteBuffer reply = rig.control(words(PCM_INFO, 0, 2, size), 4 + 2 * size);
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(reply.get(4 + 24)).as("direction of stream 0").isEqualTo((byte) (size > 24 ? 0 : 99));
        assertThat(reply.get(4 + size + 24)).as("direction of stream 1").isEqualTo((byte) 1);
        assertThat(rig.done.get(0).usedBytes()).isEqualTo(4 + 2L * size); // SND-13
    }

    @ParameterizedTest
    @DisplayName("SND-15, SND-17, SND-18: ranges and room are checked in 64 bits")
    @CsvSource({
        "-1, 2, 32, 68, 0x8001",
        "0, 3, 32, 100, 0x8001",
        "2, 1, 32, 36, 0x8001",
        "0, 2, 32, 67, 0x8001",
        "0, 0x10000000, 32, 4, 0x8001",
        "0, 2, -1, 68, 0x8001",
        "0, 2, 0, 4, 0x8000",
        "0, 0, 32, 4, 0x8000",
        "2, 0, 32, 4, 0x8000",
    })
    void rangesAreChecked(String start, String count, String size, int room, String status) {
        ByteBuffer reply = rig.control(
                words(PCM_INFO, Long.decode(start).intValue(), Integer.decode(count), Integer.decode(size)), room);
        assertThat(reply.getInt(0)).isEqualTo(Integer.decode(status));
    }

    @Test
    @DisplayName("SND-12: unknown codes are NOT_SUPP, short requests BAD_MSG, no room for a status length 0")
    void malformedRequestsAreAnswered() {
        assertThat(rig.control(0x1234)).isEqualTo(VIRTIO_SND_S_NOT_SUPP);
        assertThat(rig.control(0x300, 0, 0, 0)).isEqualTo(VIRTIO_SND_S_NOT_SUPP); // SND-06
        for (int length = 0; length < 24; length++) {
            byte[] request = java.util.Arrays.copyOf(words(0x101, 0, 16384, 4096, 0, 0x00070502), length);
            assertThat(rig.control(request, 4).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        }
        for (int room = 0; room < 4; room++) {
            rig.done.clear();
            rig.control(words(PCM_INFO, 0, 0, 32), room);
            assertThat(rig.done).hasSize(1);
            assertThat(rig.done.get(0).usedBytes()).isZero();
        }
    }

    @Test
    void streamsThatAreNotThereAreBadMessages() {
        for (int code = 0x101; code <= 0x105; code++) {
            assertThat(rig.control(code, 2, 16384, 4096, 0, 0x00070502)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
            assertThat(rig.control(code, -1, 16384, 4096, 0, 0x00070502)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        }
    }

    @Test
    @DisplayName("SND-34: PCM_INFO does not change with the parameters")
    void infoIsConstant() {
        byte[] before = new byte[68];
        rig.control(words(PCM_INFO, 0, 2, 32), 68).get(before);
        rig.prepare(0, 4096, 1024);
        byte[] after = new byte[68];
        rig.control(words(PCM_INFO, 0, 2, 32), 68).get(after);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void chmapsAndJacksAreAnswered() {
        ByteBuffer reply = rig.control(words(0x200, 0, 1, 24), 28);
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(reply.get(4 + 5)).isEqualTo((byte) 2);
        assertThat(rig.control(words(1, 0, 0, 24), 4).getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.control(words(1, 0, 1, 24), 28).getInt(0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
    }

    @Test
    @DisplayName("a START or RELEASE that the state refuses takes nothing from tx and rx")
    void refusedRequestTakesNoMessages() {
        rig.submit(2, 1, new byte[4], 8);
        rig.submit(3, 2, new byte[] {1, 0, 0, 0}, 8);
        for (int code : new int[] {0x104, 0x103}) {
            assertThat(rig.control(code, 0)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
            assertThat(rig.control(code, 1)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        }
        assertThat(rig.usedIdx(2)).isZero();
        assertThat(rig.usedIdx(3)).isZero();
        rig.kick(2);
        assertThat(rig.usedIdx(2)).isOne();
    }

    @Test
    @DisplayName("requests that empty whole rings have their turn one after the other, not all in one")
    void requestsOfATurnShareARingFull() {
        Rig rig = new Rig(StopRule.KEEP, true); // a message that is refused is given back at once
        rig.prepare(0, 4096, 1024);
        rig.submit(0, Integer.MAX_VALUE, words(0x103, 0), 4);
        rig.submit(0, Integer.MAX_VALUE, words(0x102, 0), 4);
        for (int i = 0; i < 128; i++) { // a message has two descriptors
            rig.submit(2, i, new byte[4], 8);
            rig.submit(3, 1000 + i, new byte[] {1, 0, 0, 0}, 8);
        }
        int answered = rig.usedIdx(0);
        rig.kick(0);
        assertThat(rig.usedIdx(0)).as("RELEASE").isEqualTo(answered + 1);
        assertThat(rig.usedIdx(2)).as("SND-56").isEqualTo(128);
        assertThat(rig.usedIdx(3)).isEqualTo(128);
        rig.thread.advance(0);
        assertThat(rig.usedIdx(0)).as("PREPARE").isEqualTo(answered + 2);
    }

    @Test
    @DisplayName("a ring whose chains have thousands of descriptors has several turns")
    void descriptorsOfATurnAreBounded() {
        int entries = 2048;
        long table = 0x200000;
        for (int i = 0; i < entries; i++) {
            boolean last = i + 1 == entries;
            rig.put(table + 16L * i, words(0, 0, 0, last ? 0 : 1 | (i + 1) << 16));
        }
        rig.queue(2).setFeatures(VirtioFeatures.VIRTIO_F_INDIRECT_DESC);
        long ring = 2 * 0x8000L;
        int chains = 16;
        for (int i = 0; i < chains; i += 2) {
            rig.put(ring + 16L * i, words((int) table, 0, 16 * entries, 4));
            rig.put(ring + 16L * (i + 1), words((int) table, 0, 16 * entries, 4));
            rig.put(ring + 0x2004 + 2L * i, words(i | (i + 1) << 16));
        }
        rig.asleep = true; // these chains are not the rig's
        rig.put(ring + 0x2000, words(chains << 16));
        rig.kick(2);
        assertThat(rig.usedIdx(2)).isEqualTo(8);
        rig.thread.advance(0);
        assertThat(rig.usedIdx(2)).isEqualTo(chains);
    }

    @Test
    @DisplayName("PCI-03: a ring that breaks the rules needs a reset")
    void aBrokenRingNeedsAReset() {
        rig.put(0x2000 + 2, new byte[] {(byte) 200, 0}); // avail.idx 200 ahead in a ring of 64
        rig.kick(0);
        assertThat(rig.fault).isNotEmpty();
    }
}
