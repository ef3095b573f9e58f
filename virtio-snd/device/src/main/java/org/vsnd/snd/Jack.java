// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * One jack: whether something is plugged in, and its place among the others. What is plugged in changes nothing in the sound: the
 * guest decides what to do about it. Device thread only, except {@link #isPlugged()}.
 */
final class Jack implements EventSource {
    private static final int NOTHING = -1;
    private static final int UNPLUGGED = 0;
    private static final int PLUGGED = 1;

    private final int id;
    private final JackInfo info;
    private final EventQueue.Event event;
    private int association;
    private int sequence;
    private volatile boolean plugged;
    /** What the host has said and nobody has seen yet: {@link #PLUGGED}, {@link #UNPLUGGED} or {@link #NOTHING}. */
    private final AtomicInteger hostSaid = new AtomicInteger(NOTHING);
    /** What the host has said last. */
    private int hostState = NOTHING;
    /** The driver may believe something else, or nothing. */
    private boolean news;

    /** @param id the number by which the driver knows it */
    Jack(int id, JackInfo info, EventQueue events) {
        this.id = id;
        this.info = info;
        event = events.add(this);
        plugged = info.plugged();
        reset();
    }

    /** Whether something is plugged in. Any thread. */
    boolean isPlugged() {
        return plugged;
    }

    /** Somebody plugs something in, or out. The driver hears of it if there is one, or when there is. */
    void plug(boolean in) {
        if (plugged != in) {
            plugged = in;
            news = true;
            event.raise();
        }
    }

    /** The host says whether something is plugged in. Any thread; {@link #takeFromHost} comes later. */
    void hostSays(boolean in) {
        hostSaid.set(in ? PLUGGED : UNPLUGGED);
    }

    /**
     * Does as the host says, if it has said something.
     *
     * @return whether that changed anything
     */
    boolean takeFromHost() {
        int said = hostSaid.getAndSet(NOTHING);
        boolean before = plugged;
        if (said != NOTHING) {
            hostState = said;
            plug(said == PLUGGED);
        }
        return plugged != before;
    }

    /** A restored card has the state of another host's jack: this host's is taken next, if it is known. */
    void askHostAgain() {
        hostSaid.compareAndSet(NOTHING, hostState);
    }

    /** DRIVER_OK: what happened while nobody could be told is said now, since not every driver asks again. */
    void driverOk() {
        if (news) {
            event.raise();
        }
    }

    @Override
    public int eventCode() {
        return plugged ? VirtioSnd.VIRTIO_SND_EVT_JACK_CONNECTED : VirtioSnd.VIRTIO_SND_EVT_JACK_DISCONNECTED;
    }

    @Override
    public int eventData() {
        return id;
    }

    @Override
    public void eventSent() {
        news = false;
    }

    /** An item of JACK_INFO. */
    void describe(ByteBuffer le) {
        info.encode(le, association, sequence, plugged);
        news = false;
    }

    /** JACK_REMAP (SND-24). */
    void remap(JackRemap asked) throws RequestException {
        if (!info.remappable()) {
            throw RequestException.notSupported("jack " + id + " cannot be remapped");
        }
        if (!JackInfo.isGroup(asked.association()) || !JackInfo.isGroup(asked.sequence())) {
            throw RequestException.badMessage("association " + asked.association() + ", sequence " + asked.sequence());
        }
        association = (int) asked.association();
        sequence = (int) asked.sequence();
    }

    /** Device reset: what a driver has set is gone, and what is plugged in stays. */
    void reset() {
        association = info.association();
        sequence = info.sequence();
    }

    void save(SnapshotWriter out) {
        saveSettings(out);
        out.bool(news);
    }

    /** Reads what {@link #save} wrote, and changes nothing. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        Runnable settings = loadSettings(in);
        boolean unsaid = in.bool("a jack's news");
        return () -> {
            settings.run();
            news = unsaid;
        };
    }

    void saveSettings(SnapshotWriter out) {
        out.u8(association).u8(sequence).bool(plugged);
    }

    /** Reads what {@link #saveSettings} wrote, and changes nothing. Nobody knows what the driver has been told. */
    Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        int group = in.u8("a jack's association", JackInfo.GROUP_MAX);
        int place = in.u8("a jack's sequence", JackInfo.GROUP_MAX);
        boolean there = in.bool("whether a jack is plugged in");
        return () -> {
            association = group;
            sequence = place;
            plugged = there;
            news = true;
        };
    }
}
