// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.PluginException;

/**
 * One protocol, with which one device is offered to clients, one client at a time. A {@link DeviceServer} calls it, on
 * the device thread only.
 *
 * <p>A message is a header of fixed length, from which the length of the whole is known, and comes with its descriptors; it has
 * one reply or none. A {@code RuntimeException} or {@code Error} of any method ends the connection, and is followed by a
 * {@link #reset}.
 */
public interface SocketProtocol {
    /** Makes the front of a server. */
    interface Factory {
        /**
         * Makes it, with the device that it serves.
         *
         * @param parts what the server provides, for the front's whole life
         * @throws PluginException with a sentence for the operator
         * @throws ErrnoException if the kernel has no descriptor left
         */
        SocketProtocol create(ServerParts parts) throws PluginException, ErrnoException;
    }

    /** Bytes of the header of each message. */
    int headerLength();

    /** Most bytes in a message or reply, including the header. */
    int mostLength();

    /** Whether the present client has said what it is; until then it gets little time and few bytes. */
    boolean negotiated();

    /**
     * Checks a message's header, before more of the message is read.
     *
     * @return bytes in the whole message, at least those of the header
     */
    long lengthOf(Message message) throws ProtocolException;

    /** Checks how many descriptors have come with a message. */
    default void checkDescriptors(Message message, int count) throws ProtocolException {}

    /** How many descriptors a message must have, by what it says; asked if there is a {@link #keeper}. */
    default int descriptorsNeeded(Message message) {
        return 0;
    }

    /** Carries out a message and makes the reply, which is empty at first. */
    void handle(Message message, Reply reply) throws ProtocolException;

    /**
     * Carries out again a message that has made the connection what it is, in a process that goes on with it; nobody waits for a
     * reply.
     */
    default void again(Message message, Reply reply) throws ProtocolException {
        handle(message, reply);
    }

    /** What makes connections outlive this process; null if nothing does. Always the same. */
    default @Nullable ConnectionKeeper keeper() {
        return null;
    }

    /**
     * Puts the header of a reply.
     *
     * @return bytes of the whole reply, or 0 if the message wants none
     */
    int finish(Message message, Reply reply);

    /**
     * The device has thrown, or its memory has gone under it: what it has in mind is not to be trusted. {@link #clientGone} and
     * {@link #reset} follow.
     */
    default void deviceFailed() {}

    /**
     * A client has gone: drops its eventfds and everything else it gave. Its memory is still there, and gone
     * afterwards. Also called if there was none.
     */
    void clientGone();

    /**
     * Makes the device as it was before its first client. If it throws, it is called again before the next client is
     * served.
     */
    void reset();

    /** Ends the device; nothing is called afterwards. */
    void close();
}
