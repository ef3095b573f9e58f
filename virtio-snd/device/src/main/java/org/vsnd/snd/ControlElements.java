// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * The control elements of a device: those that drivers are offered, by their ids, and those that only the host can change.
 *
 * <p>Values outlive the driver that set them, as those of a mixer do: Linux resets the device when the machine sleeps, and does not
 * set them again. A driver that does not know of control elements could not undo them: with it, what guests have set is forgotten.
 *
 * <p>Device thread only, except construction.
 */
final class ControlElements {
    private static final Section SECTION = new Section("CTLS", "control elements");
    private static final int ID_MAX = 0xffff; // in events

    private final List<StreamElements> streams = new ArrayList<>();
    private final List<ControlElement> offered = new ArrayList<>();
    /** In the order of snapshots. */
    private final List<ControlElement> all = new ArrayList<>();

    private boolean negotiated;

    /** Makes the elements of a device whose streams are made. */
    ControlElements(SoundConfig config, DeviceStreams pcm, EventQueue events) {
        SoundControls controls = config.controls();
        long outputs = config.streams().stream().filter(StreamInfo::isOutput).count();
        int output = 0;
        int input = 0;
        for (int id = 0; id < pcm.count(); id++) {
            PcmStream stream = pcm.get(id);
            boolean plays = stream.info.isOutput();
            StreamElements elements = new StreamElements(
                    stream.info,
                    plays ? output++ : input++,
                    plays && outputs == 1,
                    stream.volume,
                    controls.sourcesOf(id),
                    stream::recordFrom);
            streams.add(elements);
            for (StreamControl control : StreamControl.values()) {
                ControlElement element = controls.offers(id, control) ? elements.offer(control, offered.size()) : null;
                if (element != null) {
                    offered.add(element);
                }
            }
            all.addAll(elements.all());
        }
        for (ControlInfo info : controls.others()) {
            ControlElement other = new ControlElement(info, offered.size(), () -> {});
            offered.add(other);
            all.add(other);
        }
        Set<String> names = new HashSet<>();
        for (ControlElement element : offered) {
            if (!names.add(element.info.index() + " " + element.info.name()) || offered.size() > ID_MAX + 1) { // SND-93
                throw new IllegalArgumentException("control elements of one name: " + element.info);
            }
            element.announceBy(events.add(element));
        }
    }

    /** How many drivers are offered. */
    int count() {
        return offered.size();
    }

    /** One that drivers are offered. */
    ControlElement get(int id) {
        return offered.get(id);
    }

    /** Whether the driver has negotiated VIRTIO_SND_F_CTLS. */
    boolean negotiated() {
        return negotiated;
    }

    /** The elements of a stream, offered or not. */
    StreamElements ofStream(int id) {
        return streams.get(id);
    }

    /** The driver begins, with these features. */
    void driverOk(long features) {
        tell((features & VirtioSnd.VIRTIO_SND_F_CTLS) != 0);
        if (!negotiated) {
            all.forEach(ControlElement::forgetGuest);
        }
    }

    /** The host may have changed streams' volumes, or moved recordings to other sources. */
    void takeHostSettings(DeviceStreams pcm) {
        for (int id = 0; id < streams.size(); id++) {
            streams.get(id).takeHostLevel();
            streams.get(id).setSource(pcm.get(id).recordsFrom());
        }
    }

    /** Device reset. */
    void reset() {
        tell(false);
    }

    private void tell(boolean on) {
        negotiated = on;
        for (int id = 0; id < offered.size(); id++) {
            offered.get(id).setTold(on);
        }
    }

    /** Writes the section {@code CTLS}. */
    void save(SnapshotWriter out) {
        out.section(SECTION).bool(negotiated);
        all.forEach(element -> element.save(out));
    }

    /** Reads that section, and changes nothing. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        in.section(SECTION);
        boolean known = in.bool("control elements are negotiated");
        List<Runnable> steps = new ArrayList<>();
        for (ControlElement element : all) {
            steps.add(element.load(in));
        }
        return () -> {
            tell(known);
            steps.forEach(Runnable::run);
        };
    }

    /** Writes the values. */
    void saveSettings(SnapshotWriter out) {
        all.forEach(element -> element.saveSettings(out));
    }

    /** Reads these, and changes nothing. */
    Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        List<Runnable> steps = new ArrayList<>();
        for (ControlElement element : all) {
            steps.add(element.loadSettings(in));
        }
        return () -> steps.forEach(Runnable::run);
    }
}
