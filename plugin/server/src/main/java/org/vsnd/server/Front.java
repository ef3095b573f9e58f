// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.PluginException;

/**
 * One protocol, by which one device is offered to clients, one client at a time. A {@link DeviceServer} asks it; the device
 * thread only.
 *
 * <p>A message is a header of fixed length, from which the length of the whole is known, and comes with its descriptors; it has
 * one reply or none. A {@code RuntimeException} or {@code Error} of any method ends the connection, and is followed by a
 * {@link #reset}.
 */
public interface Front {
    /** Makes the front of a server. */
    interface Factory {
        /**
         * Makes it, with the device that it serves.
         *
         * @param parts what it is made of, for its whole life
         * @throws PluginException with a sentence for the operator
         * @throws ErrnoException if the kernel has no descriptor left
         */
        Front create(ServerParts parts) throws PluginException, ErrnoException;
    }

    /** Bytes each message begins with. */
    int headerLength();

    /** Most bytes in a message or reply, header included. */
    int mostLength();

    /** Whether the present client has said what it is; until then it is granted little time and few bytes. */
    boolean negotiated();

    /**
     * Checks a message's header, before any more of it is read.
     *
     * @return bytes in the whole message, at least those of the header
     */
    long lengthOf(Message message) throws ProtocolException;

    /** Does what a message asks and makes the reply, empty until then. */
    void handle(Message message, Reply reply) throws ProtocolException;

    /**
     * Puts the header of a reply.
     *
     * @return bytes of the whole reply; 0: the message wants none
     */
    int finish(Message message, Reply reply);

    /**
     * A client has gone: its eventfds and whatever else it gave. Its memory is still there, and gone afterwards. Also called if
     * there was none.
     */
    void clientGone();

    /** Makes the device as it was before its first client. Called again before the next client is served, should it throw. */
    void reset();

    /** Ends the device; nothing is called afterwards. */
    void close();
}
