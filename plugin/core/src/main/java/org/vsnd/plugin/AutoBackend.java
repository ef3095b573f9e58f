// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.NullBackend;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;

/**
 * The best host audio there is, and silence while there is none. As long as there could be better it is looked for, once a
 * second and on a thread of its own; what is opened afterwards goes there, and so do streams that are silent
 * ({@link #generation}). What is found is kept: a server that goes away comes back.
 */
final class AutoBackend implements AudioBackend {
    private static final Logger LOG = System.getLogger(AutoBackend.class.getName());
    private static final long LOOK_MILLIS = 1000;
    private static final long END_MILLIS = 1000;

    /** A kind of live host audio. */
    interface Candidate {
        /** Why it cannot be had now, as the beginning of a sentence; empty if it can. May wait for a second. */
        Optional<String> absence();

        /**
         * Opens it.
         *
         * @throws BackendException if it cannot be had after all
         */
        AudioBackend open() throws BackendException;
    }

    private final List<Candidate> candidates; // the best one first
    private final Thread looking = new Thread(this::goOnLooking, "vsnd-audio-auto");
    private boolean failureSaid; // that thread's
    private final List<AudioBackend> opened = new ArrayList<>(); // guarded by this, as what follows
    private int best; // number of candidates that are better than what there is
    private String said = "";
    private boolean closed;

    private volatile AudioBackend current = new NullBackend();
    private volatile int generation;

    private AutoBackend(List<? extends Candidate> candidates) {
        this.candidates = List.copyOf(candidates);
        best = candidates.size();
    }

    /**
     * Takes the best one now, and goes on looking if that is not the first.
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

    /** Without a thread that looks. */
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
            Thread.currentThread().interrupt(); // somebody wants it to end
        }
    }

    private boolean lookAgain() {
        try {
            return look();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) { // one look: the next one may do better
            if (!failureSaid) {
                failureSaid = true;
                LOG.log(Level.ERROR, "Better host audio could not be looked for; it is tried again", e);
            }
            return better() > 0;
        }
    }

    /**
     * Moves over to what is better than what there is.
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
                return true;
            }
        }
        found.close();
        return true;
    }

    /** Says what there is and why there is nothing better, if that has changed. */
    private synchronized boolean say(List<String> absences) {
        String why = String.join("; ", absences);
        String words = best == candidates.size() ? "nothing" : current.name();
        if (!closed && !said.equals(words + why)) {
            said = words + why;
            if (best == candidates.size()) {
                LOG.log(
                        Level.WARNING,
                        why
                                + ": the guest plays into nothing and records silence until there is something; ./vsnd doctor"
                                + " lists what there is");
            } else {
                LOG.log(Level.INFO, "host audio is " + words + (why.isEmpty() ? "" : "; " + why));
            }
        }
        return !closed && best > 0;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public String name() {
        return current.name();
    }

    @Override
    public String recordsFrom() {
        return current.recordsFrom();
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return current.playbackRefusal(format, rateHz, channels);
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return current.captureRefusal(format, rateHz, channels);
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return current.openSink(params, streamName);
    }

    @Override
    public boolean takesUp(PcmParams params, String streamName) {
        return current.takesUp(params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return current.openSource(params, streamName);
    }

    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        return current.openResampler(params);
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
            looking.join(END_MILLIS); // one that waits for a server ends by itself
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
