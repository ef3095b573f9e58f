// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load.sample;

import java.util.List;
import java.util.Map;
import org.vsnd.plugin.load.sample.resident.Resident;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.Snapshotable;

/** What a test can ask: how often the resident package was used (configuration space), and whether a class is there (BAR). */
final class SampleFunction implements PciFunction, Snapshotable {
    private final Map<String, String> options;
    private final int uses = Resident.use();

    SampleFunction(Map<String, String> options) {
        this.options = options;
    }

    @Override
    public List<Bar> bars() {
        return List.of(new Bar(0, 16, false, false));
    }

    @Override
    public int readConfig(int offset, int size) {
        return uses;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        options.put("config", offset + " " + size + " " + value);
    }

    /** 1 if the class that the option {@code look} names is there. */
    @Override
    public long readBar(int bar, long offset, int size) {
        try {
            Class.forName(options.get("look"));
            return 1;
        } catch (ClassNotFoundException e) {
            return 0;
        }
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        options.put("bar", bar + " " + offset + " " + size + " " + value);
    }

    @Override
    public byte[] snapshot() {
        return new byte[] {42};
    }

    @Override
    public void restore(byte[] snapshot) {
        options.put("restored", String.valueOf(snapshot[0]));
    }

    @Override
    public void reset() {
        options.put("reset", "done");
    }

    @Override
    public void close() {
        options.merge("closed", "once", (before, again) -> before + " more");
        if (options.containsKey("fail")) {
            throw new IllegalStateException(options.get("fail"));
        }
    }
}
