// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.vsnd.audio.AudioBackend;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.snd.SoundDevice;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.Operable;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;

/** A card without a bus: the sound device with the host audio that it opened. The host has the virtio transport. */
public final class VirtioSoundCard implements VirtioDevice, CardStatistics, Operable {
    private final SoundDevice device;
    private final OperatorChanges changes;
    private final OperatorCommands commands;
    private final AudioBackend backend;
    private final long offeredFeatures;

    /**
     * @param backend closed with the card
     * @param offeredFeatures reserved feature bits that the operator has named
     */
    VirtioSoundCard(
            SoundDevice device,
            OperatorChanges changes,
            OperatorCommands commands,
            AudioBackend backend,
            long offeredFeatures) {
        this.device = device;
        this.changes = changes;
        changes.remember();
        this.offeredFeatures = offeredFeatures;
        this.commands = commands;
        this.backend = backend;
    }

    @Override
    public List<StreamStatistics> statistics() {
        return device.statistics();
    }

    @Override
    public List<CardBudget.Use> budgetUse() {
        return device.budgetUse();
    }

    /** See {@link SoundDevice#arePlugged}. Any thread. */
    public List<Boolean> arePlugged() {
        return device.arePlugged();
    }

    /** See {@link SoundDevice#plug}. Device thread. */
    public void plug(int jack, boolean connected) {
        changes.plug(jack, connected);
    }

    @Override
    public String backendName() {
        return backend.name();
    }

    @Override
    public CompletionStage<Map<String, Object>> operate(List<String> words) {
        return commands.operate(words);
    }

    @Override
    public int deviceId() {
        return device.deviceId();
    }

    @Override
    public long deviceFeatures() {
        return device.deviceFeatures();
    }

    @Override
    public long offeredFeatures() {
        return offeredFeatures;
    }

    @Override
    public int queueCount() {
        return device.queueCount();
    }

    @Override
    public int queueSizeMax(int queue) {
        return device.queueSizeMax(queue);
    }

    @Override
    public int configLength() {
        return device.configLength();
    }

    @Override
    public int readConfig(int offset) {
        return device.readConfig(offset);
    }

    @Override
    public void attach(VirtioTransport transport) {
        device.attach(transport);
    }

    @Override
    public int earlyQueue() {
        return device.earlyQueue();
    }

    @Override
    public void driverEarly() {
        device.driverEarly();
    }

    @Override
    public void driverOk(long features) {
        device.driverOk(features);
        changes.makeAgain();
    }

    @Override
    public void queueReset(int queue) {
        device.queueReset(queue);
    }

    @Override
    public void reset() {
        device.reset();
        changes.remember();
    }

    @Override
    public void save(SnapshotWriter out) {
        device.save(out);
    }

    @Override
    public Runnable load(SnapshotReader in, RestoredChains chains, boolean running) throws SnapshotException {
        Runnable load = device.load(in, chains, running);
        return () -> {
            load.run();
            changes.makeAgain();
        };
    }

    @Override
    public boolean isChangedByOperator() {
        return changes.areRemembered();
    }

    @Override
    public void saveSettings(SnapshotWriter out) {
        device.saveSettings(out);
    }

    @Override
    public Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        return device.loadSettings(in);
    }

    /** Ends the device, then plays out and closes the host audio: files are complete when this returns. */
    @Override
    public void close() {
        commands.close();
        device.close();
        backend.close();
    }
}
