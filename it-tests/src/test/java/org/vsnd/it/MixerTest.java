// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.NullBackend;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundEvents;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.VirtualTime;
import org.vsnd.guest.linux.LinuxMixer;
import org.vsnd.plugin.VirtioSoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.PluginException;

@DisplayName("A guest's mixer")
class MixerTest {
    private static SoundDriver driver(Machine machine) {
        return SoundDriver.start(machine.bus(), DriverStyle.LINUX, Features.SND_CTLS);
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_PROCESS", "VFIO_QEMU", "VFIO_CLOUD_HYPERVISOR", "REFERENCE"})
    @Tag("SND-90")
    @Tag("SND-91")
    @Tag("SND-92")
    @Tag("SND-93")
    @Tag("SND-95")
    @Tag("SND-97")
    @Tag("SND-99")
    @DisplayName("finds a volume and a switch for each direction, with their decibels")
    void findsVolumesAndSwitches(HostKind kind) {
        try (Machine machine = kind.open()) {
            SoundDriver driver = driver(machine);
            for (int size : new int[] {LinuxMixer.INFO_BYTES, LinuxMixer.PACKED_INFO_BYTES}) {
                LinuxMixer mixer = new LinuxMixer(driver, size);
                List<LinuxMixer.Element> elements = mixer.probe();
                assertThat(elements)
                        .extracting(LinuxMixer.Element::name)
                        .containsExactly(
                                "Master Playback Volume", "Master Playback Switch", "Capture Volume", "Capture Switch");
                assertThat(elements.get(0).max()).isEqualTo(120);
                assertThat(elements.get(0).count()).as("the card's channels").isGreaterThanOrEqualTo(2);
                assertThat(mixer.get(elements.get(0))).containsOnly(120);
                assertThat(mixer.get(elements.get(1))).containsOnly(1);
                assertThat(mixer.metadata(elements.get(0), 4096)) // alsa-lib's buffer
                        .isEqualTo(SoundDriver.words(1, 8, -6000, 0x10000 | 50));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"controls, off, 0", "controls, mute, 2", "controls, 'volume,mute', 4", "outputs, 3, 8"})
    @Tag("SND-04")
    @DisplayName("finds what the operator offers")
    void findsWhatIsOffered(String option, String value, int count) {
        try (Machine machine = VirtualMachine.guarded(Map.of(option, value))) {
            SoundDriver driver = driver(machine);
            assertThat((driver.pci().offeredFeatures() & Features.SND_CTLS) != 0)
                    .isEqualTo(count > 0);
            assertThat(driver.configCount(3)).isEqualTo(count);
            if (count > 0) {
                assertThat(new LinuxMixer(driver, LinuxMixer.INFO_BYTES).probe())
                        .hasSize(count);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("SND-98")
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("may write anything: what can be is so, what cannot is refused, and each change is said once")
    void mayWriteAnything(long seed) {
        try (Machine machine = VirtualMachine.guarded(Map.of("outputs", "2", "inputs", "2"))) {
            SoundDriver driver = driver(machine);
            LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
            SoundEvents events = new SoundEvents(driver.pci());
            events.post(16);
            List<LinuxMixer.Element> elements = mixer.probe();
            Random random = new Random(seed);
            for (int round = 0; round < 500; round++) {
                LinuxMixer.Element element = elements.get(random.nextInt(elements.size()));
                long[] before = mixer.get(element);
                long[] wanted = new long[element.count()];
                Arrays.setAll(wanted, i -> value(element, random));
                boolean right = Arrays.stream(wanted).allMatch(v -> v >= element.min() && v <= element.max());
                assertThat(mixer.put(element, wanted)).isEqualTo(right ? SndWire.S_OK : SndWire.S_BAD_MSG);
                assertThat(mixer.get(element)).isEqualTo(right ? wanted : before);
                boolean changed = right && !Arrays.equals(wanted, before);
                assertThat(events.take())
                        .isEqualTo(
                                changed ? List.of(new SoundEvents.Event(0x1200, 0x10000 | element.id())) : List.of());
            }
        }
    }

    private static long value(LinuxMixer.Element element, Random random) {
        return random.nextInt(30) == 0
                ? (int) random.nextLong()
                : element.min() + random.nextInt((int) (element.max() - element.min()) + 1);
    }

    @Test
    @Tag("SND-98")
    @DisplayName("turns down what is played, from the next message on, sample by sample")
    void turnsDownWhatIsPlayed() {
        int frames = 4800;
        int value = 0x40404040;
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("target", "1ms"))) {
            SoundDriver driver = driver(machine);
            LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
            LinuxMixer.Element volume = mixer.probe().get(0);
            driver.open(0, new StreamSetup(SndWire.FMT_S32, SndWire.RATE_48000, 1, frames, 4 * frames));
            List<SoundMessage> messages = new ArrayList<>();
            byte[] sound = new byte[4 * frames];
            Arrays.fill(sound, (byte) 0x40);
            for (int i = 0; i < 3; i++) {
                SoundMessage message = driver.message(0, true, sound.length);
                machine.bus().ram().write(message.data(), sound);
                messages.add(message);
                driver.submit(message);
            }
            driver.commandOk(SndWire.R_PCM_START, 0);
            driver.awaitBack(messages.get(0), 1_000_000_000L);
            assertThat(mixer.put(volume, 81, 80)).isEqualTo(SndWire.S_OK); // -20 dB, and mono takes the greater
            driver.awaitBack(messages.get(2), 1_000_000_000L);

            ByteBuffer heard = ByteBuffer.wrap(machine.tape().sink().tape()).order(ByteOrder.LITTLE_ENDIAN);
            double gain = Math.pow(10, -19.5 / 20);
            int ramp = 384;
            for (int frame = 0; frame < 3 * frames; frame++) {
                int since = frame - 2 * frames; // the second message was being fed when the first came back
                double share = since < 0 ? 1 : Math.max(0, ramp - 1 - since) / (double) ramp;
                assertThat(heard.getInt()).as("frame %d", frame).isEqualTo((int)
                        Math.rint(value * (gain + (1 - gain) * share)));
            }
        }
    }

    @Test
    @DisplayName("is there behind vhost-user only if asked for: QEMU must be told as well")
    void overVhostUserOnlyIfAskedFor() throws PluginException {
        for (String controls : List.of("", "auto", "on")) {
            Map<String, String> options = controls.isEmpty() ? Map.of() : Map.of("controls", controls);
            try (VirtioSoundCard card = new VirtioSoundPlugin()
                    .createDevice(new VirtualTime(0), CardBudget.STANDARD, options, new NullBackend())) {
                assertThat(card.deviceFeatures()).isEqualTo("on".equals(controls) ? Features.SND_CTLS : 0);
            }
        }
    }
}
