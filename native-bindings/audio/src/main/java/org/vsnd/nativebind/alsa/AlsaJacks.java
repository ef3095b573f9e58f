// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.PlugListener;
import org.vsnd.audio.live.PlugFollowers;

/**
 * Follows the jacks of one mixer, on a thread of its own, because a mixer may wait for a server. What the mixer says nothing of is
 * plugged in; at a card that is not there, nothing is.
 */
final class AlsaJacks implements AutoCloseable {
    private static final Logger LOG = System.getLogger(AlsaJacks.class.getName());
    private static final long RETRY_NANOS = 1_000_000_000L;
    /** What happens within this time is one thing; a plugin whose descriptors are always ready costs no more than this. */
    private static final long SETTLE_NANOS = 10_000_000L;

    private static final long NEVER_NANOS = Long.MAX_VALUE / 2;
    private static final long END_MILLIS = 1000;

    private final String mixerName;
    private final PlugFollowers outputs = new PlugFollowers();
    private final PlugFollowers inputs = new PlugFollowers();
    private final AlsaWaiter<AlsaMixer> waiter = new AlsaWaiter<>();
    private final Thread thread;
    private volatile boolean closing;
    private @Nullable AlsaMixer mixer;
    private String said = "";

    /** @param mixerName as for {@code amixer -D} */
    AlsaJacks(String mixerName) {
        this.mixerName = mixerName;
        thread = new Thread(this::run, "vsnd-alsa-jacks");
        thread.setDaemon(true);
        thread.start();
    }

    /** Any thread. */
    PlugListener.Following follow(HostSocket socket, boolean output, PlugListener listener) {
        PlugListener.Following following = (output ? outputs : inputs).add(socket, listener);
        waiter.wake();
        return following;
    }

    private void run() {
        try {
            while (!closing) {
                long waitNanos = look() ? NEVER_NANOS : RETRY_NANOS;
                waiter.await(System.nanoTime() + waitNanos, true);
                waiter.await(System.nanoTime() + SETTLE_NANOS, false);
            }
        } finally {
            letGo();
            waiter.close();
        }
    }

    /**
     * Tells followers what the mixer says, if there are any.
     *
     * @return whether there is nothing to do before something happens
     */
    private boolean look() {
        if (outputs.count() + inputs.count() == 0) {
            letGo();
            return true;
        }
        try {
            tell(open().jacks());
            return true;
        } catch (AlsaException e) {
            letGo();
            boolean card = AlsaJackNames.isCard(mixerName);
            say("the ALSA mixer " + mixerName + " is not there (" + e.getMessage() + "): until it is, the jacks that"
                    + " follow it are " + (card ? "empty" : "plugged in"));
            outputs.tell(socket -> !card);
            inputs.tell(socket -> !card);
            return false;
        }
    }

    private AlsaMixer open() throws AlsaException {
        AlsaMixer known = mixer;
        if (known == null) {
            known = AlsaMixer.open(mixerName);
            mixer = known;
            waiter.watch(known);
        }
        int result = known.handleEvents();
        if (result < 0) {
            throw new AlsaException("listen to " + mixerName, result);
        }
        return known;
    }

    private void tell(List<HostSocket.Port> jacks) {
        Set<HostSocket> unknown = EnumSet.noneOf(HostSocket.class);
        outputs.tell(socket -> isPlugged(socket, true, jacks, unknown));
        inputs.tell(socket -> isPlugged(socket, false, jacks, unknown));
        if (!unknown.isEmpty()) {
            String kinds = unknown.stream()
                    .map(socket -> socket.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" and no "));
            String names = jacks.stream().map(HostSocket.Port::name).collect(Collectors.joining("\", \"", "\"", "\""));
            say("the ALSA mixer " + mixerName + " has no " + kinds + " jack (it has "
                    + (jacks.isEmpty() ? "none" : names) + "): what follows that stays plugged in");
        }
    }

    private static boolean isPlugged(
            HostSocket socket, boolean output, List<HostSocket.Port> jacks, Set<HostSocket> unknown) {
        List<HostSocket.Port> ofKind = AlsaJackNames.of(socket, output, jacks);
        if (ofKind.isEmpty()) {
            unknown.add(socket);
        }
        return ofKind.isEmpty() || !ofKind.stream().allMatch(HostSocket.Port::unavailable);
    }

    private void say(String sentence) {
        if (!said.equals(sentence)) {
            said = sentence;
            LOG.log(Level.WARNING, sentence);
        }
    }

    private void letGo() {
        AlsaMixer known = mixer;
        if (known != null) {
            mixer = null;
            waiter.watch(null);
            known.close();
        }
    }

    /** Ends the thread, unless it waits for a server: then it ends when that answers. */
    @Override
    public void close() {
        closing = true;
        waiter.wake();
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
