// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/**
 * Makes a client's connection outlive this process: keeps its descriptors with somebody else, and what it was about in a
 * file. A message stays in the socket until it is kept, and is kept until it has been carried out and answered: whenever
 * this process is killed, the next one goes on as if nothing had happened. Device thread only.
 */
public interface ConnectionKeeper {
    /** The descriptor of the connection that the process before has left; -1 if there is none. Asked once, at first. */
    int connection();

    /** Loads the next of the messages that have made that connection what it is; false if there is none left. */
    boolean next(Message into);

    /** Loads the message that was being carried out; false if there was none. */
    boolean underWay(Message into);

    /**
     * Keeps a message that is about to be carried out.
     *
     * @param connection its descriptor
     * @return false if this must be tried again in a moment
     */
    boolean keep(int connection, Message message);

    /** The message that was kept last has been carried out, and the reply, if there is one, has been sent. */
    void carriedOut(Reply reply);

    /** The message under way has not been begun: it is still in the socket. */
    void notBegun();

    /** The client has gone, or is dropped. */
    void forget();
}
