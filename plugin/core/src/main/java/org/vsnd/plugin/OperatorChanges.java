// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vsnd.snd.SoundDevice;

/**
 * What an operator changes of a sound device. A change that is made while the device's state is elsewhere, because its machine is
 * stopped or a process was lost, is made again when the state is there. Device thread only.
 */
final class OperatorChanges {
    private final SoundDevice device;
    /** The last change of each thing since then. */
    private final Map<String, Runnable> remembered = new LinkedHashMap<>();

    private boolean stateIsElsewhere;

    OperatorChanges(SoundDevice device) {
        this.device = device;
    }

    /** See {@link SoundDevice#plug}. */
    void plug(int jack, boolean connected) {
        make("jack " + jack, () -> device.plug(jack, connected));
    }

    /** See {@link SoundDevice#setVolume}. */
    void setVolume(int stream, double decibels) {
        make("volume " + stream, () -> device.setVolume(stream, decibels));
    }

    /** See {@link SoundDevice#setMuted}. */
    void setMuted(int stream, boolean muted) {
        make("mute " + stream, () -> device.setMuted(stream, muted));
    }

    /** See {@link SoundDevice#setSource}. */
    void setSource(int stream, int source) {
        make("source " + stream, () -> device.setSource(stream, source));
    }

    private void make(String thing, Runnable change) {
        change.run();
        if (stateIsElsewhere) {
            remembered.put(thing, change);
        }
    }

    /** Another state may come. */
    void remember() {
        stateIsElsewhere = true;
    }

    /** Whether a state that comes does not have all changes. */
    boolean areRemembered() {
        return !remembered.isEmpty();
    }

    /** The state is there, or the driver has begun anew: from now on the device keeps what is changed. */
    void makeAgain() {
        stateIsElsewhere = false;
        remembered.values().forEach(Runnable::run);
        remembered.clear();
    }
}
