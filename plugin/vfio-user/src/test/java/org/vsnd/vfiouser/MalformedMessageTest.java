// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.vfiouser.TestClient.le;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.testing.DisconnectedException;
import org.vsnd.testing.Held;
import org.vsnd.testing.Waiting;
import org.vsnd.testing.WrongMessages;
import org.vsnd.testing.WrongMessages.Message;

/** Every command with every length, flag and number of descriptors that it cannot have, and with extreme numbers. */
@DisplayName("Whatever a client sends, the server lives, serves the next client, and keeps nothing of it")
class MalformedMessageTest {
    private static final int COMMANDS = 20; // one more than there are, and 0
    private static final int STOP = 1;
    private static final int SET_DEVICE_STATE = (1 << 17) | 2;
    private static final int RAM_BYTES = 0x4000;

    private RunningServer server;
    private MemFd ram;
    private EventFd eventFd;
    private @Nullable TestClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder, "s", false, SavedFunction::new);
        ram = MemFd.create("guest", RAM_BYTES, true);
        eventFd = EventFd.create();
    }

    @AfterEach
    void end() {
        server.close();
        ram.close();
        eventFd.close();
    }

    /** The table: each command as it should be. */
    private static Message right(int command) {
        return switch (command) {
            case Command.VERSION -> right(command, le(7).put(4, "{}\0".getBytes(StandardCharsets.UTF_8)), 0);
            case Command.DMA_MAP ->
                right(
                        command,
                        le(32).putInt(0, 32).putInt(4, 3).putLong(16, 0x10_0000).putLong(24, RAM_BYTES),
                        1);
            case Command.DMA_UNMAP -> right(command, le(24).putInt(0, 24).putLong(16, RAM_BYTES), 0);
            case Command.DEVICE_GET_INFO, Command.DEVICE_GET_IRQ_INFO, Command.DEVICE_GET_REGION_IO_FDS ->
                right(command, le(16).putInt(0, 16), 0);
            case Command.DEVICE_GET_REGION_INFO -> right(command, le(32).putInt(0, 32), 0);
            case Command.DEVICE_SET_IRQS -> right(command, TestClient.irqs(0x24, 2, 0, 1, 0), 1);
            case Command.REGION_READ -> right(command, TestClient.access(0, 8, 4, 0), 0);
            case Command.REGION_WRITE -> right(command, TestClient.write(0, 8, 4, 1), 0);
            case Command.REGION_WRITE_MULTI ->
                right(command, le(32).putLong(0, 1).putLong(8, 8).putInt(20, 4), 0);
            case Command.DEVICE_FEATURE ->
                right(command, le(16).putInt(0, 16).putInt(4, SET_DEVICE_STATE).putInt(8, STOP), 0);
            case Command.MIG_DATA_READ -> right(command, le(8).putInt(0, 16).putInt(4, 8), 0);
            case Command.MIG_DATA_WRITE -> right(command, le(16).putInt(0, 16).putInt(4, 8), 0);
            default -> right(command, le(0), 0); // DEVICE_RESET, and those that there are not
        };
    }

    private static Message right(int command, ByteBuffer payload, int descriptors) {
        return Message.right(command, 0, payload, descriptors);
    }

    /** A client past its first requests, with memory, an interrupt and a state that can be read and written. */
    private TestClient connect() throws ErrnoException {
        TestClient connected = TestClient.negotiated(server.path);
        assertThat(connected.map(0, RAM_BYTES, 3, 0, ram.fd()).errno()).isZero();
        assertThat(connected.setIrqs(0x24, 0, 0, 1, eventFd.fd()).errno()).isZero();
        return connected;
    }

    /** Sends a message to a client that is connected, again if the last one has ended it, and hears what becomes of it. */
    private void send(Message message) throws ErrnoException {
        if (client == null) {
            client = connect();
        }
        try {
            client.send(1, message.command(), 16 + message.said(), message.flags(), message.payload(), files(message));
            int probe = client.send(Command.DEVICE_GET_INFO, 0, le(16));
            while (client.receive().id() != probe) {
                // the answer to the message, or to what is left of it
            }
        } catch (DisconnectedException e) {
            client.close();
            client = null;
        }
    }

    private int[] files(Message message) {
        int[] files = new int[message.descriptors()];
        Arrays.fill(files, message.command() == Command.DEVICE_SET_IRQS ? eventFd.fd() : ram.fd());
        return files;
    }

    private void disconnect() throws Exception {
        if (client != null) {
            client.close();
            client = null;
        }
        Waiting.await("the client is gone", () -> !server.server.statistics().clientConnected());
    }

    private void assertServes() throws Exception {
        try (TestClient next = connect()) {
            assertThat(next.regionWrite(0, 0x10, 4, 0x1234).errno()).isZero();
            assertThat(next.regionRead(0, 0x10, 4).payload().getInt(16)).isEqualTo(0x1234);
        }
        disconnect();
    }

    private interface Attack {
        void run() throws Exception;
    }

    private void leavesNothingBehind(Attack attack) throws Exception {
        assertServes();
        Held before = Held.now();
        attack.run();
        disconnect();
        assertServes();
        assertThat(Held.now().nothingMoreThan(before))
                .as("%s, before %s", Held.now(), before)
                .isTrue();
        assertThat(server.function.host.thread().nanoTime())
                .as("its time passes")
                .isNotEqualTo(frozen());
    }

    private long frozen() throws InterruptedException {
        long now = server.function.host.thread().nanoTime();
        Thread.sleep(1);
        return now;
    }

    @Test
    @DisplayName("any length, flag or number of descriptors, and any number in any place")
    void toAClientThatIsServed() throws Exception {
        leavesNothingBehind(() -> {
            for (int command = 0; command < COMMANDS; command++) {
                Message right = right(command);
                List<Message> wrong = new ArrayList<>(WrongMessages.lengths(right));
                wrong.addAll(WrongMessages.flags(right));
                wrong.addAll(WrongMessages.descriptors(right));
                wrong.addAll(WrongMessages.numbers(right));
                for (Message message : wrong) {
                    send(message);
                }
            }
        });
    }

    @Test
    @DisplayName("a length that the message does not have, after which the client leaves")
    void andTheClientLeaves() throws Exception {
        leavesNothingBehind(() -> {
            for (int command = 0; command < COMMANDS; command++) {
                for (Message message : WrongMessages.lengthsSaid(right(command))) {
                    try (TestClient leaving = connect()) {
                        leaving.send(
                                1,
                                message.command(),
                                16 + message.said(),
                                message.flags(),
                                message.payload(),
                                files(message));
                    }
                }
            }
        });
    }

    @Test
    @DisplayName("as the first message, which only VERSION may be")
    void asTheFirstMessage() throws Exception {
        leavesNothingBehind(() -> {
            for (int command = 0; command < COMMANDS; command++) {
                Message right = right(command);
                List<Message> wrong = new ArrayList<>(List.of(right));
                wrong.addAll(WrongMessages.descriptors(right));
                if (command == Command.VERSION) {
                    wrong.addAll(WrongMessages.lengths(right));
                    wrong.addAll(WrongMessages.lengthsSaid(right));
                    wrong.addAll(WrongMessages.flags(right));
                }
                for (Message message : wrong) {
                    try (TestClient first = new TestClient(server.path)) {
                        first.send(
                                1,
                                message.command(),
                                16 + message.said(),
                                message.flags(),
                                message.payload(),
                                files(message));
                    }
                }
            }
        });
    }
}
