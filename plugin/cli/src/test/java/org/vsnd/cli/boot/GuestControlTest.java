// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestControlTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Process qemu;
    private ServerSocketChannel port;
    private GuestControl control;
    private SocketChannel guest;

    @BeforeEach
    void connect() throws Exception {
        Path socket = folder.resolve("control");
        port = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        qemu = Children.start(new ProcessBuilder("sleep", "60"));
        control = new GuestControl(UnixConnection.open(socket, LIMIT, qemu));
        guest = port.accept();
    }

    @AfterEach
    void disconnect() throws Exception {
        control.close();
        guest.close();
        port.close();
        Children.end(qemu);
    }

    @Test
    void anAnswerHasItsExitCodeAndEveryByte() throws Exception {
        say("@@ready 6.12\n@@end 3 5\na\nb\0c");

        assertThat(control.awaitReady(LIMIT)).isEqualTo("6.12");
        GuestAnswer answer = control.run("false", LIMIT);
        assertThat(answer.exitCode()).isEqualTo(3);
        assertThat(answer.text()).isEqualTo("a\nb\0c");
        assertThat(heard()).isEqualTo("false\n");
    }

    @Test
    void whatARebootCutOffIsSkipped() throws Exception {
        say("@@end 0 100\nhalf an answ@@ready 6.12\n");

        assertThat(control.awaitReady(LIMIT)).isEqualTo("6.12");
    }

    @Test
    void aSilentGuestIsGivenUp() {
        assertThatThrownBy(() -> control.run("sleep 1000", Duration.ofMillis(20)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer in time");
    }

    @Test
    void aVanishedQemuIsNotWaitedFor() throws Exception {
        guest.close();

        assertThatThrownBy(() -> control.awaitReady(LIMIT)).hasMessageContaining("the connection ended");
    }

    @Test
    void nobodyWaitsForASocketOfAProcessThatHasEnded() {
        Children.end(qemu);

        assertThatThrownBy(() -> UnixConnection.open(folder.resolve("absent"), LIMIT, qemu))
                .hasMessageContaining("nothing listens");
    }

    private void say(String text) throws IOException {
        guest.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String heard() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        guest.read(bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
}
