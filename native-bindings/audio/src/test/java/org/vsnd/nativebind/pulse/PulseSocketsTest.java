// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PlugListener;

@DisplayName("Sockets of PulseAudio's devices")
class PulseSocketsTest {
    private static final String OTHER_SINK = "module-null-sink sink_name=other";

    private static boolean next(BlockingQueue<Boolean> heard) throws InterruptedException {
        Boolean state = heard.poll(20, TimeUnit.SECONDS);
        assertThat(state).as("something is said").isNotNull();
        return state;
    }

    @Test
    @DisplayName("are empty while the device is not there, and are followed over a restart of the server")
    void comeAndGo() throws Exception {
        BlockingQueue<Boolean> heard = new LinkedBlockingQueue<>();
        BlockingQueue<Boolean> microphone = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.start(TestServer.NULL_SINK, OTHER_SINK);
                PulseBackend backend = PulseBackend.open("cap,other.monitor", server.address())) {
            PlugListener.Following following = backend.follow(HostSocket.HEADPHONE, true, "output 0", heard::add);
            assertThat(next(heard)).isTrue();
            backend.follow(HostSocket.MIC, false, "input 0", microphone::add);
            assertThat(next(microphone)).isTrue();
            server.pactl("unload-module", "module-null-sink");
            assertThat(next(heard)).isFalse();
            assertThat(next(microphone)).isFalse();
            server.pactl("load-module", "module-null-sink", "sink_name=cap");
            assertThat(next(heard)).isTrue();
            server.kill();
            server.restart();
            assertThat(next(microphone)).isTrue();
            assertThat(heard).as("the sink was there before and is there again").isEmpty();
            following.close();
            server.pactl("unload-module", "module-null-sink");
            assertThat(next(microphone)).isFalse();
            assertThat(heard).isEmpty();
        }
    }

    @Test
    @DisplayName("are those of the server's default, if no device is named")
    void defaultDevice() throws Exception {
        BlockingQueue<Boolean> heard = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.start(TestServer.NULL_SINK);
                PulseBackend backend = PulseBackend.open("", server.address())) {
            backend.follow(HostSocket.LINE, true, "output 0", heard::add);
            assertThat(next(heard)).isTrue();
            server.pactl("unload-module", "module-null-sink");
            assertThat(next(heard)).isFalse();
        }
    }

    @Test
    @DisplayName("are read from where a C compiler puts them")
    void ports() {
        try (Memory info = new Memory(424);
                Memory table = new Memory(16);
                Memory mic = port("analog-input-mic", 1);
                Memory line = port("analog-input-linein", 0)) {
            info.clear();
            assertThat(DevicePorts.of(Pointer.nativeValue(info))).isEmpty();
            table.setPointer(0, mic);
            table.setPointer(8, line);
            info.setInt(376, 2);
            info.setPointer(384, table);
            assertThat(DevicePorts.of(Pointer.nativeValue(info)))
                    .isEqualTo(List.of(
                            new HostSocket.Port("analog-input-mic", true),
                            new HostSocket.Port("analog-input-linein", false)));
            line.setPointer(0, Pointer.NULL);
            assertThat(DevicePorts.of(Pointer.nativeValue(info)).get(1).name()).isEmpty();
        }
    }

    private static Memory port(String name, int available) {
        Memory port = new Memory(40 + name.length() + 1L);
        port.clear();
        port.setString(40, name, "UTF-8");
        port.setPointer(0, port.share(40));
        port.setInt(20, available);
        return port;
    }
}
