// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.server.EventLoop;
import org.vsnd.server.Watch;
import org.vsnd.spi.Wakeup;

/** A place for one client: a request at a time, and the next one when the answer has been sent. Loop's thread. */
final class ControlSession {
    private static final int REQUEST_BYTES_MAX = 4096;

    private final ControlledCards cards;
    private final Queue<Runnable> answers;
    private final Wakeup answered;
    private final Runnable ended;
    private final Watch watch;
    private final NativeBuffer in = new NativeBuffer(REQUEST_BYTES_MAX);
    private final NativeBuffer out = new NativeBuffer(REQUEST_BYTES_MAX);
    private @Nullable UnixSocket client;
    /** Which client an answer is for. */
    private int turn;

    private int received;
    /** What is still to be sent. */
    private ByteBuffer answer = ByteBuffer.allocate(0);

    /**
     * @param answers gets what sends an answer, from any thread; followed by {@code answered}
     * @param ended told when the place is free again
     */
    ControlSession(EventLoop loop, ControlledCards cards, Queue<Runnable> answers, Wakeup answered, Runnable ended) {
        this.cards = cards;
        this.answers = answers;
        this.answered = answered;
        this.ended = ended;
        watch = loop.watch(this::ready);
    }

    boolean busy() {
        return client != null;
    }

    void begin(UnixSocket socket) {
        client = socket;
        received = 0;
        watch.set(socket.fd(), Poller.POLLIN);
    }

    void end() {
        if (client != null) {
            watch.clear();
            client.close();
            client = null;
            turn++;
            ended.run();
        }
    }

    private void ready() {
        UnixSocket socket = client;
        if (socket == null) {
            return;
        }
        try {
            if (answer.hasRemaining()) {
                send(socket);
            } else {
                receive(socket);
            }
        } catch (ErrnoException e) {
            end();
        }
    }

    private void receive(UnixSocket socket) throws ErrnoException {
        int bytes = received == REQUEST_BYTES_MAX
                ? UnixSocket.DISCONNECTED // a line without an end
                : socket.receive(in, received, REQUEST_BYTES_MAX - received);
        if (bytes == UnixSocket.DISCONNECTED) {
            end();
        } else if (bytes != UnixSocket.WOULD_BLOCK) {
            received += bytes;
            takeLine(socket);
        }
    }

    private void takeLine(UnixSocket socket) {
        for (int i = 0; i < received; i++) {
            if (in.bytes().get(i) == '\n') {
                String line =
                        StandardCharsets.UTF_8.decode(in.bytes().slice(0, i)).toString();
                in.bytes().put(0, in.bytes(), i + 1, received - i - 1);
                received -= i + 1;
                watch.clear(); // until there is an answer
                int asked = turn;
                cards.answer(line).thenAccept(text -> {
                    answers.add(() -> answer(asked, text));
                    answered.signal();
                });
                return;
            }
        }
        watch.set(socket.fd(), Poller.POLLIN);
    }

    private void answer(int asked, String text) {
        UnixSocket socket = client;
        if (socket == null || asked != turn) {
            return; // that client has gone
        }
        answer = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        watch.set(socket.fd(), Poller.POLLOUT);
    }

    private void send(UnixSocket socket) throws ErrnoException {
        int length = Math.min(answer.remaining(), out.capacity());
        out.bytes().put(0, answer, answer.position(), length);
        int sent = socket.send(out, 0, length);
        if (sent == UnixSocket.DISCONNECTED) {
            answer.position(answer.limit());
            end();
        } else if (sent != UnixSocket.WOULD_BLOCK) {
            answer.position(answer.position() + sent);
            if (!answer.hasRemaining()) {
                takeLine(socket);
            }
        }
    }
}
