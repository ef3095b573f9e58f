// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.server.ServiceManager;
import org.vsnd.testing.DisconnectedException;
import org.vsnd.testing.Held;
import org.vsnd.testing.Waiting;
import org.vsnd.testing.WrongMessages;
import org.vsnd.testing.WrongMessages.Message;

/** Every request with every length, flag and number of descriptors that it cannot have: the server lives, and nothing leaks. */
class MalformedMessageTest {
    private static final int REQUESTS = 45;
    private static final int[] LENGTHS = {0, 7, 8, 40, 512};
    private static final int[] HUGE = {513, 4096, 1 << 20, Integer.MAX_VALUE, -1, -12, -16};
    private static final int[] FLAGS = {0, 2, TestClient.VERSION | TestClient.REPLY, -1};
    private static final int[] FDS = {1, 2, 64};
    private static final int MOST_PAYLOAD = 512;

    private RunningServer server;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
    }

    @AfterEach
    void end() {
        server.close();
    }

    /** One message; the client leaves at once. */
    private void send(int request, int flags, int size, int payloadBytes, int fds) throws ErrnoException {
        try (TestClient client = new TestClient(server.path)) {
            int[] files = new int[fds];
            Arrays.fill(files, client.file.fd());
            client.send(request, flags, size, TestClient.le(payloadBytes), files);
        }
    }

    private void assertServes() throws Exception {
        try (TestClient client = TestClient.acknowledged(server.path)) {
            client.setMemory();
            boolean packed = server.device.offeredFeatures() != 0;
            try (DriverRing ring = packed ? new PackedTestRing(client, 0) : new TestRing(client, 0, 0)) {
                int taken = server.device.taken;
                ring.offer(1);
                ring.start(packed ? PackedTestRing.BEGIN : 0);
                assertThat(server.device.taken).isEqualTo(taken + 1);
            }
        }
    }

    /** What is held when nobody is connected. */
    private Held held() throws Exception {
        assertServes();
        Waiting.await("the client is gone", () -> !server.server.statistics().clientConnected());
        return Held.now();
    }

    private void assertNothingLeaks(Held before) throws Exception {
        Held now = held();
        assertThat(now.nothingMoreThan(before)).as("%s, before %s", now, before).isTrue();
    }

    @Test
    void everyMessageWithEveryLengthFlagAndNumberOfDescriptors() throws Exception {
        Held before = held();
        for (int request = 0; request < REQUESTS; request++) {
            for (int length : LENGTHS) {
                send(request, TestClient.VERSION, length, length, 0);
            }
            for (int flags : FLAGS) {
                send(request, flags, 8, 8, 0);
            }
            for (int count : FDS) {
                send(request, TestClient.VERSION | TestClient.NEED_REPLY, 8, 8, count);
                send(request, TestClient.VERSION, 40, 40, count);
            }
            send(request, TestClient.VERSION, HUGE[request % HUGE.length], MOST_PAYLOAD, 1);
            send(request, TestClient.VERSION, 40, 20, 1); // and leaves in the middle
        }
        for (int request : new int[] {-1, 1 << 31, 0x10001}) {
            send(request, TestClient.VERSION, 0, 0, 0);
        }
        assertNothingLeaks(before);
    }

    /** The same to a front end that is past its first requests, whose rings run: each is answered with the end. */
    @Test
    void everyWrongMessageEndsTheConnection() throws Exception {
        Held before = held();
        List<Message> wrong = new ArrayList<>();
        for (VhostUserRequest request : VhostUserRequest.values()) {
            Message right = right(request);
            List<Message> others = new ArrayList<>(WrongMessages.lengths(right));
            others.removeIf(
                    message -> message.said() > 0 && message.said() < firstLength(request) - 1); // for time's sake
            others.addAll(WrongMessages.lengthsSaid(right));
            others.addAll(WrongMessages.flags(right));
            others.addAll(WrongMessages.descriptors(right));
            others.removeIf(message -> isWellFormed(request, message));
            wrong.addAll(others);
        }
        for (Message message : wrong) {
            try (TestClient client = TestClient.acknowledged(server.path)) {
                client.setMemory();
                try (TestRing ring = new TestRing(client, 0, 0)) {
                    ring.start(0);
                    int[] files = new int[message.descriptors()];
                    Arrays.fill(files, client.file.fd());
                    client.send(message.command(), message.flags(), (int) message.said(), message.payload(), files);
                    client.awaitDisconnect();
                }
            }
        }
        assertNothingLeaks(before);
    }

    /** The shortest that can be. */
    private static Message right(VhostUserRequest request) {
        return Message.right(
                number(request),
                TestClient.VERSION,
                TestClient.le(firstLength(request)),
                request.mayHaveFds(0) ? 0 : 1);
    }

    private static boolean isWellFormed(VhostUserRequest request, Message message) {
        return request.mayHaveLength(message.said())
                && message.said() == message.payload().capacity()
                && request.mayHaveFds(message.descriptors())
                && (message.flags() & 7) == TestClient.VERSION;
    }

    private static int number(VhostUserRequest request) {
        for (int number = 0; number < REQUESTS; number++) {
            if (VhostUserRequest.of(number) == request) {
                return number;
            }
        }
        throw new AssertionError(request);
    }

    private static int firstLength(VhostUserRequest request) {
        int length = 0;
        while (!request.mayHaveLength(length)) {
            length++;
        }
        return length;
    }

    /** Well-formed messages that say anything. */
    @Test
    void randomContents() throws Exception {
        randomContentsTo();
    }

    @Test
    void randomContentsToACardThatOffersPackedRings(@TempDir Path other) throws Exception {
        server.close();
        server = RunningServer.packed(other, other.resolve("state"), ServiceManager.NONE);
        randomContentsTo();
    }

    private void randomContentsTo() throws Exception {
        Held before = held();
        Random random = new Random(17);
        List<VhostUserRequest> requests = List.of(VhostUserRequest.values());
        int[] values = {0, 1, 2, 8, 0x100, 0x101, 0xffff, 0x10_0000, -1, 1 << 31};
        for (int client = 0; client < 200; client++) {
            try (TestClient raw = TestClient.acknowledged(server.path)) {
                raw.setMemory();
                for (int i = 0; i < 20; i++) {
                    VhostUserRequest request = requests.get(random.nextInt(requests.size()));
                    ByteBuffer payload = TestClient.le(firstLength(request));
                    for (int at = 0; at + 4 <= payload.capacity(); at += 4) {
                        payload.putInt(at, values[random.nextInt(values.length)]);
                    }
                    int[] files = random.nextInt(3) == 0 || !request.mayHaveFds(0)
                            ? request.mayHaveFds(1) ? new int[] {raw.file.fd()} : new int[0]
                            : new int[0];
                    raw.send(number(request), TestClient.VERSION, payload.capacity(), payload, files);
                }
            } catch (DisconnectedException e) {
                assertThat(e).isNotNull(); // the server has ended it in between
            }
        }
        assertNothingLeaks(before);
    }
}
