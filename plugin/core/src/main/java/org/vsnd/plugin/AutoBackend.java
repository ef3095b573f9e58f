// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.HostSocket;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.PlugListener;

/**
 * The best host audio available, and silence while there is none. While there could be better, it looks for it once a
 * second, on a thread of its own. Streams opened afterwards go to what it finds, and so do streams that are silent
 * ({@link #generation}). What is found is kept: a server that goes away comes back.
 */
final class AutoBackend extends ForwardingBackend {
    private static final Logger LOG = System.getLogger(AutoBackend.class.getName());
    private static final long LOOK_MILLIS = 1000;
    private static final long END_MILLIS = 1000;

    /** A kind of live host audio. */
    interface Candidate {
        /** Why it is not available now, as the beginning of a sentence; empty if it is. May wait for a second. */
        Optional<String> absence();

        /**
         * Opens it.
         *
         * @throws BackendException if it is not available after all
         */
        AudioBackend open() throws BackendException;
    }

    private final List<Candidate> candidates; // the best one first
    private final Thread looking = new Thread(this::goOnLooking, "vsnd-audio-auto");
    private boolean failureSaid; // by the looking thread, and used there only
    private final List<AudioBackend> opened = new ArrayList<>(); // guarded by this, as are the fields below
    private int best; // number of candidates that are better than the one in use
    private String said = "";
    private final List<Followed> followed = new ArrayList<>();
    private boolean closed;

    private volatile AudioBackend current = new NullBackend();
    private volatile int generation;

    private AutoBackend(List<? extends Candidate> candidates) {
        this.candidates = List.copyOf(candidates);
        best = candidates.size();
    }

    /**
     * Takes the best one now, and keeps looking if that is not the first.
     *
     * @param candidates the best one first
     */
    static AutoBackend open(List<? extends Candidate> candidates) {
        AutoBackend auto = new AutoBackend(candidates);
        if (auto.look()) {
            auto.looking.setDaemon(true);
            auto.looking.start();
        }
        return auto;
    }

    /** Without the looking thread. */
    static AutoBackend idle(List<? extends Candidate> candidates) {
        return new AutoBackend(candidates);
    }

    private void goOnLooking() {
        try {
            do {
                synchronized (this) {
                    if (!closed) {
                        wait(LOOK_MILLIS);
                    }
                }
            } while (lookAgain());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // this thread is to end
        }
    }

    private boolean lookAgain() {
        try {
            return look();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) { // the next look may succeed
            if (!failureSaid) {
                failureSaid = true;
                LOG.log(Level.ERROR, "Looking for better host audio failed; trying again", e);
            }
            return better() > 0;
        }
    }

    /**
     * Moves to better host audio if there is any.
     *
     * @return whether there could be better still
     */
    boolean look() {
        List<String> absences = new ArrayList<>();
        int better = better();
        for (int i = 0; i < better; i++) {
            Optional<String> absence = candidates.get(i).absence();
            if (absence.isEmpty() && moveTo(i)) {
                break;
            }
            absence.ifPresent(absences::add);
        }
        return say(absences);
    }

    private synchronized int better() {
        return closed ? 0 : best;
    }

    private boolean moveTo(int candidate) {
        AudioBackend found;
        try {
            found = candidates.get(candidate).open();
        } catch (BackendException e) {
            return false;
        }
        synchronized (this) {
            if (!closed) {
                opened.add(found);
                best = candidate;
                current = found;
                generation++;
                followed.forEach(one -> one.moveTo(found));
                return true;
            }
        }
        found.close();
        return true;
    }

    /** Logs what is in use and why there is nothing better, if that has changed. */
    private synchronized boolean say(List<String> absences) {
        String why = String.join("; ", absences);
        String words = best == candidates.size() ? "nothing" : current.name();
        if (!closed && !said.equals(words + why)) {
            said = words + why;
            if (best == candidates.size()) {
                LOG.log(
                        Level.WARNING,
                        why
                                + ": until that changes, the guest is not heard and records silence; ./vsnd doctor"
                                + " lists the devices");
            } else {
                LOG.log(Level.INFO, "host audio is " + words + (why.isEmpty() ? "" : "; " + why));
            }
        }
        return !closed && best > 0;
    }

    @Override
    protected AudioBackend host(boolean playback) {
        return current;
    }

    @Override
    public int generation() {
        return generation;
    }

    /** Somebody who wants to know of a socket, wherever sound goes and comes from. */
    private static final class Followed {
        private final HostSocket socket;
        private final boolean output;
        private final String streamName;
        private final PlugListener listener;
        private PlugListener.Following following = PlugListener.Following.NONE;

        Followed(HostSocket socket, boolean output, String streamName, PlugListener listener) {
            this.socket = socket;
            this.output = output;
            this.streamName = streamName;
            this.listener = listener;
        }

        void moveTo(AudioBackend host) {
            following.close();
            following = host.follow(socket, output, streamName, listener);
        }
    }

    @Override
    public synchronized PlugListener.Following follow(
            HostSocket socket, boolean output, String streamName, PlugListener listener) {
        Followed one = new Followed(socket, output, streamName, listener);
        followed.add(one);
        one.moveTo(current);
        return () -> unfollow(one);
    }

    private synchronized void unfollow(Followed one) {
        followed.remove(one);
        one.following.close();
    }

    @Override
    public void close() {
        List<AudioBackend> all;
        synchronized (this) {
            closed = true;
            notifyAll();
            all = List.copyOf(opened);
            opened.clear();
        }
        all.forEach(AudioBackend::close);
        try {
            looking.join(END_MILLIS); // if it is waiting for a server, it ends on its own later
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
