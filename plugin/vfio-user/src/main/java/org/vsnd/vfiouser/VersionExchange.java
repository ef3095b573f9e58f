// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;

/** The command VERSION, which opens every connection. Device thread only. */
final class VersionExchange {
    private static final int MAJOR = 0;
    private static final int MAX_MINOR = 1;
    private static final int TEXT = 4;
    private static final int MAX_FDS = 16; // QEMU refuses more

    private final byte[] capabilities;

    VersionExchange(CardBudget budget) {
        capabilities = capabilities(budget);
    }

    /** Checks the header of the first message, before more of it is read. */
    static void checkHeader(Message message) throws ProtocolException {
        if (Header.command(message) != Command.VERSION || !Header.isCommand(message)) {
            throw new ProtocolException(Header.describe(message, "a vfio-user version message"));
        }
    }

    /** Checks the client's version and capabilities and answers with ours. */
    void answer(Message message, Reply reply) throws ProtocolException {
        if (message.payloadLength() < TEXT) {
            throw new ProtocolException("its version message is too short", Errno.EINVAL);
        }
        int major = message.u16(0);
        int minor = message.u16(2);
        if (major != MAJOR) {
            throw new ProtocolException(
                    "it speaks vfio-user version " + major + "." + minor + ", this server only 0.x", Errno.EOPNOTSUPP);
        }
        checkCapabilities(message);
        reply.payload(TEXT + capabilities.length);
        reply.u16(0, MAJOR).u16(2, Math.min(minor, MAX_MINOR));
        reply.copy(TEXT, capabilities);
    }

    /**
     * The client's capabilities change nothing for us; that they are well formed shows that it is a vfio-user client.
     */
    private static void checkCapabilities(Message message) throws ProtocolException {
        int length = message.payloadLength() - TEXT;
        if (length == 0) {
            return;
        }
        if (message.u8(TEXT + length - 1) != 0) {
            throw new ProtocolException("its capabilities do not end in a zero byte", Errno.EINVAL);
        }
        String text = new String(message.copy(TEXT, length - 1), StandardCharsets.UTF_8);
        try {
            JsonElement json = JsonParser.parseString(text);
            if (json.isJsonNull() && text.isBlank()) {
                return;
            }
            JsonElement capabilities = json.getAsJsonObject().get("capabilities");
            if (capabilities != null && !capabilities.isJsonObject()) {
                throw new ProtocolException("its \"capabilities\" are not a JSON object", Errno.EINVAL);
            }
        } catch (JsonParseException | IllegalStateException e) {
            throw new ProtocolException("its capabilities are not a JSON object", Errno.EINVAL);
        }
    }

    /** Short on purpose: QEMU accepts no more than it sent, 214 bytes. */
    private static byte[] capabilities(CardBudget budget) {
        JsonObject capabilities = new JsonObject();
        capabilities.addProperty("max_msg_fds", MAX_FDS);
        capabilities.addProperty("max_data_xfer_size", Header.MAX_DATA_XFER_SIZE);
        capabilities.addProperty("max_dma_maps", budget.most(Limit.DMA_RANGES));
        JsonObject all = new JsonObject();
        all.add("capabilities", capabilities);
        return (all + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
