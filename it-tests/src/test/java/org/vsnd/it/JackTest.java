// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.ControlReply;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.JackDescription;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundEvents;
import org.vsnd.guest.driver.SoundEvents.Event;
import org.vsnd.spi.SnapshotException;

@DisplayName("Jacks")
class JackTest {
    private static final Map<String, String> OPTIONS = Map.of(
            "jacks",
            "speaker:output0,headphone:output0:unplugged,mic:input0:remap,line-out:output0,spdif-out:output0,"
                    + "hdmi:output0,line-in:input0,aux:input0,spdif-in:input0");
    private static final int HEADPHONE = 1;
    private static final int MIC = 2;
    private static final int JACKS = 9;

    private final VirtualMachine machine = VirtualMachine.guarded(OPTIONS);
    private final SoundDriver driver = machine.driver(DriverStyle.LINUX);
    private SoundEvents events = new SoundEvents(driver.pci());

    @AfterEach
    void unplugTheCard() {
        machine.close();
    }

    private static Event connected(int jack) {
        return new Event(SndWire.EVT_JACK_CONNECTED, jack);
    }

    private static Event disconnected(int jack) {
        return new Event(SndWire.EVT_JACK_DISCONNECTED, jack);
    }

    private void plug(int jack, boolean in) {
        machine.card().plug(jack, in);
    }

    @Test
    @Tag("SND-20")
    @Tag("SND-21")
    @Tag("SND-23")
    @DisplayName("are described by the words of High Definition Audio, and Linux names them by these")
    void description() {
        List<JackDescription> jacks = driver.jackInfo();
        assertThat(jacks).hasSize(JACKS);
        assertThat(jacks.stream().map(JackDescription::linuxName))
                .containsExactly(
                        "Speaker", "Headphone", "Mic", "Line Out", "SPDIF Out", "HDMI Out", "Line", "Aux", "SPDIF In");
        assertThat(jacks.get(HEADPHONE))
                .as("green, in front, the second of the first group; output, headphone drive, presence detect")
                .isEqualTo(new JackDescription(0, 0, 0x02214011, 0x1c, 0, 0));
        assertThat(jacks.get(MIC))
                .as("pink, in front, the first of the second group; input, presence detect; REMAP")
                .isEqualTo(new JackDescription(0, 1, 0x02a19020, 0x24, 1, 0));
        assertThat(jacks.stream().map(JackDescription::sequence)).containsExactly(0, 1, 0, 2, 3, 4, 1, 2, 3);
        assertThat(jacks).allSatisfy(jack -> {
            assertThat(jack.features() & ~1).isZero();
            assertThat(jack.padding()).isZero();
            assertThat(jack.capabilities() & 0x30).isEqualTo(jack.association() == 1 ? 0x10 : 0x20);
        });
    }

    @Test
    @Tag("SND-15")
    @Tag("SND-16")
    @DisplayName("are listed at the driver's stride, and not beyond the last")
    void stride() {
        ControlReply reply = driver.info(SndWire.R_JACK_INFO, HEADPHONE, 2, 32, 4 + 2 * 32);
        assertThat(reply.usedLength()).isEqualTo(4 + 2 * 32);
        assertThat(reply.bytes().getInt(4 + 8)).isEqualTo(0x02214011);
        assertThat(reply.bytes().getInt(4 + 32 + 8)).isEqualTo(0x02a19020);
        assertThat(reply.bytes().getLong(4 + 24)).isZero();
        assertThat(driver.info(SndWire.R_JACK_INFO, 0, JACKS + 1, 24, 4 + 24 * (JACKS + 1))
                        .status())
                .isEqualTo(SndWire.S_BAD_MSG);
    }

    @Test
    @Tag("SND-22")
    @Tag("SND-25")
    @DisplayName("say at once what is plugged in and out, and JACK_INFO says the same")
    void plugging() {
        events.post(4);
        plug(HEADPHONE, true);
        assertThat(events.take()).containsExactly(connected(HEADPHONE));
        assertThat(driver.jackInfo().get(HEADPHONE).connected()).isOne();
        assertThat(machine.card().arePlugged()).element(HEADPHONE).isEqualTo(true);
        plug(HEADPHONE, true);
        assertThat(events.take()).as("nothing has changed").isEmpty();
        for (int i = 0; i < 20; i++) {
            plug(HEADPHONE, false);
            plug(MIC, i % 2 == 1);
            assertThat(events.take())
                    .containsExactly(disconnected(HEADPHONE), i % 2 == 1 ? connected(MIC) : disconnected(MIC));
            plug(HEADPHONE, true);
            assertThat(events.take()).containsExactly(connected(HEADPHONE));
        }
    }

    @Test
    @Tag("SND-26")
    @DisplayName("without buffers keep the last state of each, however often it changes")
    void noBuffers() {
        for (int i = 0; i < 1000; i++) {
            plug(MIC, i % 2 == 1);
            plug(HEADPHONE, i % 2 == 0);
        }
        plug(HEADPHONE, true);
        events.post(1);
        assertThat(events.take()).containsExactly(connected(MIC));
        assertThat(events.take()).containsExactly(connected(HEADPHONE));
        events.post(3);
        assertThat(events.take()).isEmpty();
        assertThat(events.emptyBuffers()).isEmpty();
    }

    @Test
    @Tag("SND-07")
    @DisplayName("give buffers back empty that have no room for an event, and write no byte of them")
    void unfitBuffers() {
        plug(HEADPHONE, true);
        events.postUnfit(0, 4);
        events.postUnfit(8, 0);
        events.postUnfit(8, 7);
        assertThat(events.take()).isEmpty();
        assertThat(events.emptyBuffers()).containsExactly(4, 0, 7);
        events.postUnfit(8, 9);
        assertThat(events.take()).as("it has room").containsExactly(connected(HEADPHONE));
    }

    @Test
    @Tag("SND-07")
    @DisplayName("give buffers back empty that are in no memory")
    void buffersNowhere() {
        plug(HEADPHONE, true);
        machine.bus().guard();
        BufferList nowhere = new BufferList().writable(1L << 62, 8);
        assertThat(driver.raw(SndWire.EVENT_QUEUE, nowhere)).isZero();
        events.post(1);
        assertThat(events.take()).containsExactly(connected(HEADPHONE));
    }

    @Test
    @Tag("SND-24")
    @DisplayName("are regrouped where that is allowed, and JACK_INFO shows it until the driver resets the card")
    void remap() {
        assertThat(driver.remap(MIC, 15, 7)).isEqualTo(SndWire.S_OK);
        JackDescription mic = driver.jackInfo().get(MIC);
        assertThat(mic.defaultConfiguration()).isEqualTo(0x02a190f7);
        assertThat(driver.remap(HEADPHONE, 1, 1)).isEqualTo(SndWire.S_NOT_SUPP);
        for (int[] wrong :
                new int[][] {{JACKS, 1, 1}, {-1, 1, 1}, {MIC, 16, 1}, {MIC, 1, 16}, {MIC, -1, 1}, {MIC, 1, -1}}) {
            assertThat(driver.remap(wrong[0], wrong[1], wrong[2])).isEqualTo(SndWire.S_BAD_MSG);
        }
        assertThat(driver.control(SoundDriver.words(SndWire.R_JACK_REMAP, MIC, 1), 4)
                        .status())
                .isEqualTo(SndWire.S_BAD_MSG);
        assertThat(driver.jackInfo().get(MIC)).isEqualTo(mic);
        driver.pci().reset();
        driver.start();
        assertThat(driver.jackInfo().get(MIC).defaultConfiguration()).isEqualTo(0x02a19020);
    }

    @Test
    @Tag("PCI-09")
    @DisplayName("tell a driver that comes back without asking what has changed meanwhile, and no other")
    void changesWithoutADriver() {
        driver.pci().reset();
        plug(HEADPHONE, true);
        driver.start();
        events = new SoundEvents(driver.pci());
        events.post(2);
        assertThat(events.take()).containsExactly(connected(HEADPHONE));
        plug(MIC, false);
        driver.pci().reset();
        driver.start();
        events = new SoundEvents(driver.pci());
        events.post(2);
        assertThat(events.take()).as("it was told").isEmpty();
    }

    @Test
    @Tag("PCI-33")
    @DisplayName("keep what is to be said over a reset of the event queue")
    void queueReset() {
        plug(HEADPHONE, true);
        driver.pci().resetQueue(SndWire.EVENT_QUEUE);
        events = new SoundEvents(driver.pci());
        plug(MIC, false);
        events.post(1);
        assertThat(events.take()).containsExactly(connected(HEADPHONE));
        assertThat(events.take()).containsExactly(disconnected(MIC));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("are in snapshots, with what is to be said and how they were regrouped")
    void snapshot(boolean told) throws SnapshotException {
        driver.remap(MIC, 3, 4);
        plug(MIC, false);
        plug(HEADPHONE, true);
        if (told) {
            events.post(1);
            assertThat(events.take()).containsExactly(disconnected(MIC));
            events.take();
        }
        byte[] saved = machine.card().snapshot();
        plug(MIC, true);
        plug(HEADPHONE, false);
        events.take();
        machine.card().restore(saved);
        assertThat(machine.card().snapshot()).isEqualTo(saved);
        assertThat(machine.card().arePlugged()).startsWith(true, true, false, true);
        assertThat(driver.jackInfo().get(MIC).sequence()).isEqualTo(4);
    }
}
