// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.PluginException;

/** The other end of a {@link ControlSocket}. */
public final class ControlClient {
    private static final Gson GSON = new Gson();

    private ControlClient() {}

    /**
     * Sends a command and waits for the answer.
     *
     * @param card null for the only one
     * @throws PluginException with a sentence, if there is no answer or it is an error
     */
    public static JsonElement ask(Path socket, @Nullable Integer card, List<String> words) throws PluginException {
        String request = GSON.toJson(new ControlledCards.Request(card, words)) + "\n";
        String line;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(request);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            line = reader.readLine();
        } catch (IOException | IllegalArgumentException e) {
            throw new PluginException(
                    "nothing answers on " + socket + " (" + e.getMessage()
                            + "): give --socket the path that vsnd serve was given with --ctl",
                    e);
        }
        ControlledCards.Reply reply = line == null ? null : GSON.fromJson(line, ControlledCards.Reply.class);
        if (reply == null) {
            throw new PluginException("vsnd has ended, or the command is too long");
        }
        if (reply.error() != null) {
            throw new PluginException(reply.error());
        }
        return reply.answer() == null ? JsonNull.INSTANCE : reply.answer();
    }
}
