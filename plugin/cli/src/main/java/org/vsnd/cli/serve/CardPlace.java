// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import org.jspecify.annotations.Nullable;
import org.vsnd.server.Endpoint;
import org.vsnd.vhostuser.StateFile;

/**
 * How and where a card is served.
 *
 * @param front the protocol
 * @param endpoint where clients connect
 * @param state keeps what the next process must know to go on with this card's guest; null if nothing is kept
 */
public record CardPlace(
        Front front, Endpoint endpoint, @Nullable StateFile state) {
    /** One that keeps nothing. */
    public CardPlace(Front front, Endpoint endpoint) {
        this(front, endpoint, null);
    }
}
