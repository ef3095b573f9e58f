// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.nativebind.libc.MemFd;

/** What operators and clients get wrong: one clear line each, and the server goes on for the next client. */
@Tag("guest")
class ServeWrongInputTest {
    private static final int PAGE = 4096;

    @TempDir
    static Path folder;

    static Stream<Arguments> wrongCommandLines() throws Exception {
        String socket = folder.resolve("s").toString();
        Path file = Files.createTempFile(folder, "plain", "file");
        return Stream.of(
                Arguments.of("--nonsense", List.of("serve", "--socket", socket, "--nonsense")),
                Arguments.of("--socket", List.of("serve")),
                Arguments.of("nonsense", List.of("serve", "--socket", socket, "--set", "nonsense=1")),
                Arguments.of("msix", List.of("serve", "--socket", socket, "--set", "msix=many")),
                Arguments.of("target", List.of("serve", "--socket", socket, "--set", "target=1h")),
                Arguments.of("nonsense", List.of("serve", "--socket", socket, "--backend", "nonsense")),
                Arguments.of("--socket-mode", List.of("serve", "--socket", socket, "--socket-mode", "999")),
                Arguments.of("no-such-group", List.of("serve", "--socket", socket, "--socket-group", "no-such-group")),
                Arguments.of("out.wav", List.of("serve", "--socket", socket, "--backend", "wav:/nowhere/out.wav")),
                Arguments.of("/proc/out.wav", List.of("serve", "--socket", socket, "--backend", "wav:/proc/out.wav")),
                Arguments.of(
                        "in.wav",
                        List.of(
                                "serve",
                                "--socket",
                                socket,
                                "--backend",
                                "wav:" + folder + "/o.wav,in=/nowhere/in.wav")),
                Arguments.of(
                        "--stats",
                        List.of("serve", "--socket", socket, "--backend", "null", "--stats", "/nowhere/stats")),
                Arguments.of("107", List.of("serve", "--socket", folder + "/" + "x".repeat(108))),
                Arguments.of("/nowhere", List.of("serve", "--socket", "/nowhere/socket")),
                Arguments.of("not a socket", List.of("serve", "--socket", file.toString())));
    }

    @ParameterizedTest
    @MethodSource("wrongCommandLines")
    void wrongCommandLineIsOneLineThatSaysWhatIsWrong(String named, List<String> arguments) throws Exception {
        ServeProcess.Ended ended = ServeProcess.run(folder, arguments.toArray(String[]::new));

        System.out.print(ended.output());
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        assertThat(ended.output().lines()).hasSize(1);
        assertThat(ended.output()).startsWith("vsnd: ").contains(named);
        assertThat(Files.exists(folder.resolve("s"))).as("a socket is left").isFalse();
    }

    @Test
    void socketInUseIsLeftToItsServer() throws Exception {
        Path socket = folder.resolve("u");
        try (ServeProcess first = ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "null")) {
            ServeProcess.Ended second = ServeProcess.run(folder, "serve", "--socket", socket.toString());

            assertThat(second.exitCode()).isEqualTo(2);
            assertThat(second.output().lines()).hasSize(1);
            assertThat(second.output()).contains("in use");
            assertIsAlive(first, socket);
        }
    }

    @Test
    void wrongClientsAreDroppedWithOneLineAndTheNextOneIsServed() throws Exception {
        Path socket = folder.resolve("w");
        try (ServeProcess serve = ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "null")) {
            try (WireClient client = new WireClient(socket)) {
                client.send(
                        "GET / HTTP/1.1\r\nHost: example\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                client.awaitDisconnect();
            }
            assertDropped(serve, socket, 1, "not a vfio-user version message");
            try (WireClient client = new WireClient(socket)) {
                client.version(1, 0);
                client.awaitDisconnect();
            }
            assertDropped(serve, socket, 2, "version 1.0");
            try (WireClient client = new WireClient(socket);
                    MemFd shorter = MemFd.create("short", PAGE, false)) {
                assertThat(client.version(0, 1)).isZero();
                assertThat(client.map(0, 16 * PAGE, shorter.fd()))
                        .as("DMA_MAP beyond the file's end")
                        .isNotZero();
            }
            serve.awaitLogged("cannot be used", 1);
            assertIsAlive(serve, socket);
        }
    }

    @Test
    void memoryFileShortenedInUseDropsTheClient() throws Exception {
        Path socket = folder.resolve("t");
        try (ServeProcess serve = ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "null")) {
            try (WireClient client = new WireClient(socket);
                    MemFd memory = MemFd.create("ram", 16 * PAGE, false)) {
                assertThat(client.version(0, 1)).isZero();
                assertThat(client.map(0, 16 * PAGE, memory.fd())).isZero();
                client.enableControlQueue();
                memory.resize(0);
                client.notifyControlQueue();
                client.awaitDisconnect();
            }
            assertDropped(serve, socket, 1, "memory file was shortened");
        }
    }

    @Test
    void privateGuestMemoryIsNamed() throws Exception {
        Path socket = folder.resolve("p");
        try (ServeProcess serve = ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "null");
                LinuxGuest guest = GuestBed.get()
                        .machine(folder)
                        .arguments("-object", "memory-backend-memfd,id=private,size=256M,share=off")
                        .arguments("-machine", "memory-backend=private")
                        .arguments(
                                "-device",
                                GuestBed.card("sound", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                        .toString())
                        .start()) {
            guest.awaitReady(java.time.Duration.ofMinutes(2));
            guest.run("insmod /lib/modules/virtio_snd.ko &", java.time.Duration.ofSeconds(20));

            serve.awaitLogged("share=off", 1);
            System.out.println(serve.log());
            assertThat(serve.logged("share=on")).isEqualTo(1);
            guest.kill();
            serve.awaitLogged("client dropped", 1);
            assertIsAlive(serve, socket);
        } catch (BootException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertDropped(ServeProcess serve, Path socket, int times, String why) throws Exception {
        serve.awaitLogged(why, 1);
        assertThat(serve.logged("WARN") + serve.logged("ERROR")).as(serve.log()).isEqualTo(times);
        assertIsAlive(serve, socket);
    }

    private static void assertIsAlive(ServeProcess serve, Path socket) throws Exception {
        try (WireClient client = new WireClient(socket)) {
            assertThat(client.version(0, 1))
                    .as("the next client: " + serve.log())
                    .isZero();
        }
    }
}
