// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.PlugListener;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Wakeup;

/** The jacks of one device, by their ids; some follow the host's. Device thread only, except construction and {@link #arePlugged}. */
final class DeviceJacks {
    private final QueueService service;
    private final List<Jack> jacks = new ArrayList<>();
    private final Wakeup hostSpeaks;
    private final List<PlugListener.Following> followings = new ArrayList<>();

    /** @param host tells of its sockets */
    DeviceJacks(
            List<JackInfo> infos, EventQueue events, QueueService service, ScheduledTasks tasks, AudioBackend host) {
        this.service = service;
        hostSpeaks = tasks.wakeup(this::takeFromHost);
        for (JackInfo info : infos) {
            jacks.add(new Jack(jacks.size(), info, events));
        }
        for (int id = 0; id < infos.size(); id++) { // the device thread may look at all of them from now on
            JackInfo info = infos.get(id);
            Jack jack = jacks.get(id);
            String streamName = info.follows();
            if (streamName != null) {
                followings.add(host.follow(info.kind().socket(), info.kind().isOutput(), streamName, connected -> {
                    jack.hostSays(connected);
                    hostSpeaks.signal();
                }));
            }
        }
    }

    int count() {
        return jacks.size();
    }

    /** Whether something is plugged in, for each. Any thread. */
    List<Boolean> arePlugged() {
        return jacks.stream().map(Jack::isPlugged).toList();
    }

    private void takeFromHost() {
        boolean changed = false;
        for (Jack jack : jacks) {
            changed |= jack.takeFromHost();
        }
        if (changed) {
            settingsChanged();
        }
    }

    /** See {@link SoundDevice#plug}. */
    void plug(int id, boolean in) {
        jacks.get(id).plug(in);
        settingsChanged();
    }

    private void settingsChanged() {
        if (service.running()) {
            service.transport().settingsChanged();
        }
    }

    /** DRIVER_OK. */
    void driverOk() {
        jacks.forEach(Jack::driverOk);
    }

    /** An item of JACK_INFO. */
    void describe(int id, ByteBuffer le) {
        jacks.get(id).describe(le);
    }

    /** JACK_REMAP. */
    void remap(JackRemap asked) throws RequestException {
        if (asked.jackId() >= jacks.size()) {
            throw RequestException.badMessage("jack " + asked.jackId() + " of " + jacks.size());
        }
        jacks.get((int) asked.jackId()).remap(asked);
    }

    /** After a restore: those that follow the host have its state soon, whatever the snapshot says. */
    void followAgain() {
        if (!followings.isEmpty()) {
            jacks.forEach(Jack::askHostAgain);
            hostSpeaks.signal();
        }
    }

    /** The device ends. Idempotent. */
    void close() {
        followings.forEach(PlugListener.Following::close);
        followings.clear();
    }

    /** Device reset. */
    void reset() {
        jacks.forEach(Jack::reset);
    }

    void save(SnapshotWriter out) {
        jacks.forEach(jack -> jack.save(out));
    }

    /** Reads what {@link #save} wrote, and changes nothing. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        List<Runnable> steps = new ArrayList<>();
        for (Jack jack : jacks) {
            steps.add(jack.load(in));
        }
        return () -> steps.forEach(Runnable::run);
    }

    void saveSettings(SnapshotWriter out) {
        jacks.forEach(jack -> jack.saveSettings(out));
    }

    /** Reads what {@link #saveSettings} wrote, and changes nothing. */
    Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        List<Runnable> steps = new ArrayList<>();
        for (Jack jack : jacks) {
            steps.add(jack.loadSettings(in));
        }
        return () -> steps.forEach(Runnable::run);
    }
}
