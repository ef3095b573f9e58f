// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.NullBackend;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundEvents;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.plugin.VirtioSoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.SocketAccess;
import org.vsnd.vhostuser.VhostUserProtocol;

@DisplayName("What an operator changes while the machine stands still")
class OperatedWhileStoppedTest {
    private static final long SECOND = 1_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(960, 3840);
    private static final Map<String, String> OPTIONS =
            Map.of("controls", "on", "jacks", "headphone:output0,mic:input0", "sources", "Mic=mic,Line In=line,CD=cd");
    private static final int EVT_JACK_DISCONNECTED = 0x1001;

    @TempDir
    Path folder;

    private final ClientMemory memory = memory();
    private VirtioSoundCard card;
    private DeviceServer server;
    private Path socket;
    private VhostUserBus bus;
    private SoundDriver driver;
    private SoundEvents events;
    private PeriodStream stream;

    private static ClientMemory memory() {
        try {
            return new ClientMemory(VirtualMachine.RAM_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(String name) throws Exception {
        socket = folder.resolve(name);
        VhostUserProtocol.DeviceFactory factory = (thread, budget) ->
                card = new VirtioSoundPlugin().createDevice(thread, budget, OPTIONS, new NullBackend());
        server = new DeviceServer(
                socket, SocketAccess.OWNER_ONLY, VhostUserProtocol.serving(factory, folder.resolve("state")));
        new Thread(() -> server.run(false), "operated").start();
    }

    @BeforeEach
    void play() throws Exception {
        serve("s");
        bus = VhostUserBus.connect(socket, FrontEndHabits.RUST_VMM, memory, 2);
        driver = SoundDriver.start(bus, DriverStyle.LINUX);
        events = new SoundEvents(driver.pci());
        events.post(8);
        stream = new PeriodStream(driver, 0, true, SETUP);
        stream.start();
        stream.runUntil(4, 5 * SECOND);
        operate("volume", "output0", "-3");
        operate("mute", "input0");
    }

    @AfterEach
    void end() {
        bus.close();
        server.close();
        memory.close();
    }

    private Map<String, Object> operate(String... words) throws Exception {
        return card.operate(List.of(words)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void change() throws Exception {
        operate("volume", "output0", "-20");
        operate("volume", "output0", "-6");
        operate("unmute", "input0");
        operate("jack", "unplug", "0");
        operate("source", "input0", "CD");
        operate("source", "input0", "Line", "In");
    }

    private void assertChanged() throws Exception {
        stream.runUntil(stream.completions() + 4, 5 * SECOND);
        assertThat(operate("streams").toString())
                .contains("volume_db=[-6.0, -6.0", "source=Line In")
                .doesNotContain("muted=true");
        assertThat(operate("jacks").toString()).contains("plugged=false").contains("plugged=true");
    }

    @Test
    @DisplayName("is so when it goes on, and the guest is told")
    void goesOn() throws Exception {
        bus.pause();
        events.take();
        change();
        bus.goOn();
        assertChanged();
        assertThat(events.take()).contains(new SoundEvents.Event(EVT_JACK_DISCONNECTED, 0));
    }

    @Test
    @DisplayName("is so in another process that gets the state, and in this one if it goes on after all")
    void moves() throws Exception {
        bus.pause();
        change();
        byte[] state = bus.frontEnd().saveState();
        assertThat(bus.frontEnd().saveState()).isEqualTo(state);
        assertThat(bus.frontEnd().loadState(state)).isZero();
        bus.goOn();
        assertChanged();
    }

    @Test
    @DisplayName("is so when vsnd was ended and started again meanwhile")
    void ends() throws Exception {
        bus.pause();
        change();
        server.close();
        serve("t");
        bus.reconnect(socket);
        assertChanged();
    }

    @Test
    @DisplayName("is so when vsnd was lost, and its successor operated before the machine is there")
    void isLost() throws Exception {
        bus.pause();
        server.close();
        Files.delete(folder.resolve("state.snapshot"));
        serve("t");
        change();
        bus.reconnect(socket);
        assertChanged();
        bus.pause();
        server.close();
        Files.delete(folder.resolve("state.snapshot"));
        serve("u"); // it knows of the change by the settings
        bus.reconnect(socket);
        assertChanged();
    }
}
