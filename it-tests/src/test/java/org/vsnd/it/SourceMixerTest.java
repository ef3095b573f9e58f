// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.cli.serve.Front;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundEvents;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.guest.linux.LinuxMixer;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;

/** Two tones to choose from: which one is recorded, the samples say. */
@DisplayName("A guest's choice of what is recorded")
class SourceMixerTest {
    private static final int LOW_HZ = 400;
    private static final int HIGH_HZ = 3000;
    private static final Map<String, String> OPTIONS =
            Map.of("backend", "tone:100", "sources", "Low=" + LOW_HZ + ",High Tone=" + HIGH_HZ, "controls", "on");
    private static final long SECOND = 1_000_000_000L;
    private static final int INPUT = 1;
    /** Ten milliseconds. */
    private static final int PERIOD_FRAMES = 480;

    @TempDir
    Path folder;

    private static LinuxMixer.Element selector(LinuxMixer mixer) {
        List<LinuxMixer.Element> elements = mixer.probe();
        LinuxMixer.Element selector = elements.get(elements.size() - 1);
        assertThat(selector.name()).isEqualTo("Capture Source");
        assertThat(selector.items()).containsExactly("Low", "High Tone");
        return selector;
    }

    private static PeriodStream recording(SoundDriver driver) {
        PeriodStream stream =
                new PeriodStream(driver, INPUT, false, StreamSetup.s16At48k(PERIOD_FRAMES, 4 * PERIOD_FRAMES));
        stream.start();
        return stream;
    }

    /** The tone of the last fifty milliseconds. */
    private static int tone(PeriodStream stream) {
        ByteBuffer frames = ByteBuffer.wrap(stream.recorded()).order(ByteOrder.LITTLE_ENDIAN);
        int from = frames.limit() / 4 - 5 * PERIOD_FRAMES;
        int crossings = 0;
        for (int frame = Math.max(1, from); frame < frames.limit() / 4; frame++) {
            crossings += frames.getShort(4 * frame - 4) < 0 && frames.getShort(4 * frame) >= 0 ? 1 : 0;
        }
        return crossings * 20;
    }

    private static void awaitTone(SoundDriver driver, PeriodStream stream, int hz) {
        BooleanSupplier heard = () -> {
            stream.collect();
            return Math.abs(tone(stream) - hz) <= 20;
        };
        assertThat(driver.await(heard, 20 * SECOND)).as("a tone of %d Hz", hz).isTrue();
    }

    private static Map<String, Object> answer(CompletionStage<Map<String, Object>> given) throws Exception {
        return given.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static VirtualBus plug(SoundCard[] made) throws Exception {
        VirtualHost host = new VirtualHost(FlatMemory.open(0, VirtualMachine.RAM_BYTES), new InterruptLog(2048, false));
        made[0] = new VirtioSoundPlugin().create(host, OPTIONS);
        return new VirtualBus(host, made[0]);
    }

    @Test
    @Tag("SND-94")
    @Tag("SND-96")
    @Tag("SND-98")
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("is heard, is the operator's too, and is told once by whomever it is made")
    void isHeard() throws Exception {
        SoundCard[] card = new SoundCard[1];
        try (VirtualBus bus = plug(card)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX, Features.SND_CTLS);
            LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
            LinuxMixer.Element selector = selector(mixer);
            SoundEvents events = new SoundEvents(driver.pci());
            events.post(8);
            PeriodStream stream = recording(driver);
            awaitTone(driver, stream, LOW_HZ);
            assertThat(mixer.put(selector, 1)).isEqualTo(SndWire.S_OK);
            awaitTone(driver, stream, HIGH_HZ);
            assertThat(mixer.put(selector, 1)).isEqualTo(SndWire.S_OK);
            assertThat(mixer.put(selector, 2)).isEqualTo(SndWire.S_BAD_MSG);
            List<SoundEvents.Event> once = List.of(new SoundEvents.Event(0x1200, 0x10000 | selector.id()));
            assertThat(events.take()).isEqualTo(once);

            CompletionStage<Map<String, Object>> posted = card[0].operate(List.of("source", "input0", "Low"));
            awaitTone(driver, stream, LOW_HZ);
            assertThat(answer(posted)).isEqualTo(Map.of("source", "Low", "sources", List.of("Low", "High Tone")));
            assertThat(events.take()).isEqualTo(once);
            assertThat(mixer.get(selector)).containsExactly(0);
            stream.stop();
            stream.release();
        }
    }

    @Test
    @DisplayName("is in a snapshot, and heard where that is restored")
    void isInASnapshot() throws Exception {
        SoundCard[] card = new SoundCard[1];
        byte[] snapshot;
        try (VirtualBus bus = plug(card)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX, Features.SND_CTLS);
            LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
            mixer.put(selector(mixer), 1);
            snapshot = card[0].snapshot();
        }
        try (VirtualBus bus = plug(card)) {
            SoundDriver before = SoundDriver.start(bus, DriverStyle.LINUX, Features.SND_CTLS);
            awaitTone(before, recording(before), LOW_HZ); // a card in use is restored as well as a new one
            card[0].restore(snapshot);
            CompletionStage<Map<String, Object>> posted = card[0].operate(List.of("source", "input0"));
            bus.pass(SECOND);
            assertThat(answer(posted)).containsEntry("source", "High Tone");
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX, Features.SND_CTLS);
            awaitTone(driver, recording(driver), HIGH_HZ);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("SND-96")
    @Tag("SND-98")
    @DisplayName("goes over both protocols, where the operator has it too, or is told what is wrong")
    void goesOverBothProtocols(Front front) throws Exception {
        Path socket = folder.resolve("s");
        Map<String, String> options = new HashMap<>(OPTIONS);
        options.put("inputs", "2");
        options.put("sources.input1", "");
        try (ServedDevice device = new ServedDevice(front, socket, options, false);
                ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES)) {
            device.start();
            try (Bus bus = front == Front.VFIO_USER
                    ? VfioUserBus.connect(socket, Personality.QEMU, memory)
                    : VhostUserBus.connect(socket, FrontEndHabits.QEMU, memory, 2)) {
                SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX, Features.SND_CTLS);
                LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
                LinuxMixer.Element selector = mixer.probe().stream()
                        .filter(element -> element.name().equals("Capture Source"))
                        .findFirst()
                        .orElseThrow();
                PeriodStream stream = recording(driver);
                assertThat(mixer.put(selector, 1)).isEqualTo(SndWire.S_OK);
                awaitTone(driver, stream, HIGH_HZ);
                assertThat(answer(device.operate(List.of("source"))))
                        .isEqualTo(Map.of(
                                "streams",
                                List.of(Map.of(
                                        "name",
                                        "input0",
                                        "source",
                                        "High Tone",
                                        "sources",
                                        List.of("Low", "High Tone")))));
                assertThat(answer(device.operate(List.of("streams"))).toString())
                        .containsOnlyOnce("source=High Tone");
                answer(device.operate(List.of("source", "input0", "Low")));
                awaitTone(driver, stream, LOW_HZ);
                answer(device.operate(List.of("source", "input0", "High", "Tone")));
                assertThat(mixer.get(selector)).containsExactly(1);
                assertRefused(device, "input0 has no source Middle: there are Low, High Tone", "input0", "Middle");
                assertRefused(device, "input1 has nothing to choose: give an input sources with", "input1");
                assertRefused(device, "there is no stream input2", "input2", "Low");
            }
        }
    }

    private static void assertRefused(ServedDevice device, String sentence, String... words) {
        List<String> command = new ArrayList<>(List.of("source"));
        command.addAll(List.of(words));
        assertThatThrownBy(() -> device.operate(command).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining(sentence);
    }
}
