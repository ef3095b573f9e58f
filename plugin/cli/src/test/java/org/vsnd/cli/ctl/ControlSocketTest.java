// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.cli.serve.Front;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.spi.PluginException;

@DisplayName("The operator's socket")
@Timeout(60)
class ControlSocketTest {
    private static final Map<String, String> SILENT =
            Map.of("backend", "null", "outputs", "2", "jacks", "headphone:output0,mic:input0:unplugged,mic:input0");
    private static final List<String> STREAMS = List.of("streams");

    @TempDir
    Path folder;

    private Path path = Path.of("");
    private final List<ServedDevice> devices = new ArrayList<>();
    private ControlSocket socket;

    @BeforeEach
    void name() {
        path = folder.resolve("ctl");
    }

    @AfterEach
    void end() {
        if (socket != null) {
            socket.close();
        }
        devices.forEach(ServedDevice::close);
    }

    private void serve(Front... fronts) throws Exception {
        for (Front front : fronts) {
            ServedDevice device = new ServedDevice(front, folder.resolve("card" + devices.size()), SILENT, false);
            devices.add(device);
            device.start();
        }
        socket = new ControlSocket(path, new ControlledCards(devices));
    }

    private JsonObject ask(String... words) throws PluginException {
        return ControlClient.ask(path, null, List.of(words)).getAsJsonObject();
    }

    private void assertRefused(String sentence, Integer card, String... words) {
        assertThatExceptionOfType(PluginException.class)
                .isThrownBy(() -> ControlClient.ask(path, card, List.of(words)))
                .withMessageContaining(sentence);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("says what each stream does, by both protocols, and everything that is counted")
    void tellsOfStreams(Front front) throws Exception {
        serve(front);
        assertThat(ask("streams").getAsJsonArray("streams"))
                .extracting(each -> each.getAsJsonObject().get("name").getAsString())
                .containsExactly("output0", "output1", "input0");
        assertThat(ask("streams")
                        .getAsJsonArray("streams")
                        .get(0)
                        .getAsJsonObject()
                        .get("state")
                        .getAsString())
                .isEqualTo("initial");
        assertThat(ask("stats").get("front").getAsString()).isEqualTo(front.protocol());
    }

    private List<Boolean> plugged() throws PluginException {
        return ask("jacks").getAsJsonArray("jacks").asList().stream()
                .map(jack -> jack.getAsJsonObject().get("plugged").getAsBoolean())
                .toList();
    }

    @Test
    @DisplayName("plugs jacks in and out, by number or by a name that is the only one")
    void plugsJacks() throws Exception {
        serve(Front.VHOST_USER);
        assertThat(plugged()).containsExactly(true, false, true);
        assertThat(ask("jack", "unplug", "headphone:output0").size()).isZero();
        ask("jack", "plug", "1");
        assertThat(plugged()).containsExactly(false, true, true);
        assertRefused("no single jack mic:input0", null, "jack", "unplug", "mic:input0");
        assertRefused("no single jack 3", null, "jack", "plug", "3");
        assertRefused("write jack plug ID", null, "jack", "shake", "1");
        assertThat(plugged()).containsExactly(false, true, true);
    }

    @Test
    @DisplayName("sets volume and mute of one stream, and says what they are then")
    void setsVolumes() throws Exception {
        serve(Front.VFIO_USER);
        assertThat(ask("volume", "output1", "-6.4dB").toString()).contains("\"volume_db\":[-6.5", "\"muted\":false");
        assertThat(ask("mute", "output1").get("muted").getAsBoolean()).isTrue();
        assertThat(ask("volume", "input0", "silent").toString()).contains("\"silent\"");
        JsonArray streams = ask("streams").getAsJsonArray("streams");
        assertThat(streams.get(0).toString()).contains("\"volume_db\":[0.0", "\"muted\":false");
        assertThat(streams.get(1).toString()).contains("\"volume_db\":[-6.5", "\"muted\":true");
        assertThat(ask("unmute", "output1").get("muted").getAsBoolean()).isFalse();
        for (String wrong : List.of("1", "-61", "NaN", "loud", "")) {
            assertRefused("from -60 to 0 decibels", null, "volume", "output1", wrong);
        }
        assertRefused("there are output0, output1, input0", null, "mute", "output2");
        assertRefused("write volume STREAM DECIBELS", null, "volume", "output0");
        assertRefused("write unmute STREAM", null, "unmute");
    }

    @Test
    @DisplayName("answers a wrong command with a sentence that says what there is")
    void refusesWithASentence() throws Exception {
        serve(Front.VFIO_USER);
        assertRefused("no command dance: there are streams", null, "dance");
        assertRefused("streams takes nothing more", null, "streams", "all");
        assertRefused("from 0 to 0", 1, "streams");
        assertRefused("from 0 to 0", -1, "streams");
        assertThatExceptionOfType(PluginException.class)
                .isThrownBy(() -> ControlClient.ask(folder.resolve("elsewhere"), null, STREAMS))
                .withMessageContaining("--ctl");
    }

    @Test
    @DisplayName("wants to know which card is meant if there are several")
    void asksWhichCard() throws Exception {
        serve(Front.VFIO_USER, Front.VHOST_USER);
        assertRefused("--card with a number from 0 to 1", null, "streams");
        JsonObject stats = ControlClient.ask(path, 1, List.of("stats")).getAsJsonObject();
        assertThat(stats.get("front").getAsString()).isEqualTo("vhost-user");
    }

    @Test
    @DisplayName("is for its owner only, and is gone with the cards")
    void isTheOwners() throws Exception {
        serve(Front.VFIO_USER);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        socket.close();
        assertThat(path).doesNotExist();
    }

    @Test
    @DisplayName("lets nobody wait for a client that says nothing, and serves more when some have left")
    void clientsDoNotWaitForEachOther() throws Exception {
        serve(Front.VFIO_USER);
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            silent.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        }
        assertThat(ask("streams").size()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            silent.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        }
        for (SocketChannel channel : silent) {
            channel.close();
        }
        assertThat(ask("streams").size()).isEqualTo(1);
    }

    @Test
    @DisplayName("answers several lines in their order, whatever they are, and ends at a line without an end")
    void answersLineByLine() throws Exception {
        serve(Front.VFIO_USER);
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                BufferedReader answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            write(
                    channel,
                    "{\"words\":[\"streams\"]}\nnonsense\n\n{}\n[1]\n{\"words\":[null]}\n{\"card\":99999999999}\n");
            assertThat(answers.readLine()).startsWith("{\"answer\":{\"streams\":[");
            for (int i = 0; i < 6; i++) {
                assertThat(answers.readLine()).startsWith("{\"error\":\"");
            }
            assertThatIOException().isThrownBy(() -> {
                write(channel, "x".repeat(5000));
                answers.readLine();
            });
        }
        assertThat(ask("streams").size()).isEqualTo(1);
    }

    @Test
    @DisplayName("says so when the card has ended")
    void endedCard() throws Exception {
        serve(Front.VFIO_USER);
        devices.get(0).close();
        assertRefused("has ended", null, "streams");
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
