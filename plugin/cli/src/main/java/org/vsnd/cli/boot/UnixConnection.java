// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A client's end of a Unix socket, read with deadlines. One thread, except {@link #close()}. */
final class UnixConnection implements AutoCloseable {
    private static final long RETRY_MILLIS = 10;
    private static final int BUFFER_BYTES = 1 << 16;

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(BUFFER_BYTES).flip();

    private UnixConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** Connects as soon as the server listens, for as long as its process lives. */
    static UnixConnection open(Path socket, Duration limit, Process server) throws IOException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            if (Files.exists(socket)) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    return new UnixConnection(channel);
                } catch (IOException e) {
                    channel.close(); // bound, not yet listening
                }
            }
            if (!server.isAlive() || System.nanoTime() > deadlineNanos) {
                throw new IOException("nothing listens on " + socket);
            }
            pause(server);
        }
    }

    void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                Thread.onSpinWait(); // a line is far shorter than the socket's buffer
            }
        }
    }

    /** The next line, without its line end. @throws IOException at the deadline or the end of the connection */
    String line(long deadlineNanos) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            fill(deadlineNanos);
            byte next = received.get();
            if (next == '\n') {
                return line.toString(StandardCharsets.UTF_8).replace("\r", "");
            }
            line.write(next);
        }
    }

    /** Exactly this many bytes. @throws IOException at the deadline or the end of the connection */
    byte[] bytes(int length, long deadlineNanos) throws IOException {
        byte[] all = new byte[length];
        int done = 0;
        while (done < length) {
            fill(deadlineNanos);
            int part = Math.min(length - done, received.remaining());
            received.get(all, done, part);
            done += part;
        }
        return all;
    }

    private void fill(long deadlineNanos) throws IOException {
        while (!received.hasRemaining()) {
            long millisLeft =
                    Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
            if (millisLeft <= 0 || Thread.currentThread().isInterrupted()) {
                throw new IOException(millisLeft <= 0 ? "no answer in time" : "interrupted");
            }
            selector.select(millisLeft);
            selector.selectedKeys().clear();
            received.clear();
            int count = channel.read(received);
            received.flip();
            if (count < 0) {
                throw new EOFException("the connection ended");
            }
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot close a socket", e);
        }
    }

    private static void pause(Process server) throws IOException {
        try {
            server.waitFor(RETRY_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
