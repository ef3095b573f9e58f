// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.vsnd.audio.AudioBackend;
import org.vsnd.pci.virtio.VirtioPciFunction;
import org.vsnd.snd.SoundDevice;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.Bar;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.Operable;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;

/** The whole card: a PCI function with a sound device behind it and the host audio it opened. */
public final class SoundCard implements PciFunction, Snapshotable, Operable, CardStatistics {
    private final VirtioPciFunction function;
    private final SoundDevice device;
    private final OperatorCommands commands;
    private final AudioBackend backend;
    private final Runnable closeAudio;

    /** @param closeAudio plays out and closes the back end, or leaves it to its owner */
    SoundCard(
            VirtioPciFunction function,
            SoundDevice device,
            OperatorCommands commands,
            AudioBackend backend,
            Runnable closeAudio) {
        this.function = function;
        this.device = device;
        this.commands = commands;
        this.backend = backend;
        this.closeAudio = closeAudio;
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
        device.plug(jack, connected);
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
    public List<Bar> bars() {
        return function.bars();
    }

    @Override
    public int readConfig(int offset, int size) {
        return function.readConfig(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        function.writeConfig(offset, size, value);
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        return function.readBar(bar, offset, size);
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        function.writeBar(bar, offset, size, value);
    }

    @Override
    public void reset() {
        function.reset();
    }

    /**
     * Saves everything but host audio. What was played stays where it was played; recording goes on with the frame
     * that comes next. See docs/snapshot.md.
     */
    @Override
    public byte[] snapshot() {
        return function.snapshot();
    }

    /**
     * Opens host audio anew. Files, tones and silence continue exactly; what a live host had not played is lost, which
     * counts as one under-run by the wall clock and is not noticed in virtual time.
     */
    @Override
    public void restore(byte[] snapshot) throws SnapshotException {
        function.restore(snapshot);
    }

    /**
     * Ends the device, then plays out and closes the host audio, unless that is the host's: files are complete when
     * this returns.
     */
    @Override
    public void close() {
        commands.close();
        function.close();
        closeAudio.run();
    }
}
