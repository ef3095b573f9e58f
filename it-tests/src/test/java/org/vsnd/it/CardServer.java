// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.vsnd.audio.AudioBackend;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.SocketAccess;
import org.vsnd.server.SocketProtocol;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.tape.TapeBackend;
import org.vsnd.vfiouser.VfioUserProtocol;
import org.vsnd.vhostuser.VhostUserProtocol;

/** A server with a sound card, on a thread of its own. */
final class CardServer implements AutoCloseable {
    private final TapeBackend tape = new TapeBackend();
    private final Path directory;
    private final DeviceServer server;
    private final Thread thread;

    CardServer(Map<String, String> options) {
        this(tape -> VfioUserProtocol.serving(host -> new VirtioSoundPlugin().create(host, options, tape)));
    }

    /** With other host audio than the tape. */
    static CardServer playing(Map<String, String> options, AudioBackend audio) {
        return new CardServer(
                tape -> VfioUserProtocol.serving(host -> new VirtioSoundPlugin().create(host, options, audio)));
    }

    /** A vhost-user back end instead. */
    static CardServer vhostUser(Map<String, String> options) {
        return new CardServer(tape -> VhostUserProtocol.serving(
                (thread, budget) -> new VirtioSoundPlugin().createDevice(thread, budget, options, tape)));
    }

    /** A vhost-user back end that goes on where another one with the same file was lost. */
    static CardServer vhostUser(Map<String, String> options, Path state) {
        return new CardServer(tape -> VhostUserProtocol.serving(
                (thread, budget) -> new VirtioSoundPlugin().createDevice(thread, budget, options, tape), state));
    }

    private CardServer(Function<TapeBackend, SocketProtocol.Factory> front) {
        try {
            directory = Files.createTempDirectory("vsnd-it");
            server = new DeviceServer(socket(), SocketAccess.OWNER_ONLY, front.apply(tape));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (PluginException e) {
            throw new IllegalStateException(e);
        }
        thread = new Thread(() -> server.run(false), "card-server");
        thread.setDaemon(true);
        thread.start();
    }

    Path socket() {
        return directory.resolve("s");
    }

    TapeBackend tape() {
        return tape;
    }

    DeviceServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
        try {
            thread.join(5000);
            Files.delete(directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("the device thread does not end");
        }
    }
}
