// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PlugListener;

/** Who follows the sockets of one device of a host, and what each was told last. */
public final class PlugFollowers {
    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    /** Any thread: another one, who is told nothing yet. */
    public PlugListener.Following add(HostSocket socket, PlugListener listener) {
        Follower follower = new Follower(socket, listener);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    /** How many there are. Any thread. */
    public int count() {
        return followers.size();
    }

    /**
     * The host's thread: tells those for whom something has changed.
     *
     * @param plugged whether something is plugged into a socket of a kind
     */
    public void tell(Predicate<HostSocket> plugged) {
        for (Follower follower : followers) {
            follower.tell(plugged.test(follower.socket));
        }
    }

    private static final class Follower {
        private final HostSocket socket;
        private final PlugListener listener;
        private @Nullable Boolean told;

        Follower(HostSocket socket, PlugListener listener) {
            this.socket = socket;
            this.listener = listener;
        }

        void tell(boolean connected) {
            if (told == null || told != connected) {
                told = connected;
                listener.plugged(connected);
            }
        }
    }
}
