// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/** The jacks of one device, by their ids. Device thread only, except construction and {@link #arePlugged}. */
final class DeviceJacks {
    private final QueueService service;
    private final List<Jack> jacks = new ArrayList<>();

    DeviceJacks(List<JackInfo> infos, EventQueue events, QueueService service) {
        this.service = service;
        for (JackInfo info : infos) {
            jacks.add(new Jack(jacks.size(), info, events));
        }
    }

    int count() {
        return jacks.size();
    }

    /** Whether something is plugged in, for each. Any thread. */
    List<Boolean> arePlugged() {
        return jacks.stream().map(Jack::isPlugged).toList();
    }

    /** See {@link SoundDevice#plug}. */
    void plug(int id, boolean in) {
        jacks.get(id).plug(in);
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
