// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/**
 * A plugin's function as its host sees it. Once closed it answers as an empty slot does and holds nothing of the
 * plugin, so that a host which keeps it does not keep the plugin.
 */
final class LoadedFunction implements PciFunction {
    private final List<Bar> bars;
    private final Consumer<LoadedFunction> afterClose;
    private volatile @Nullable PciFunction function;

    /**
     * Wraps a function.
     *
     * @param afterClose called once
     */
    LoadedFunction(PciFunction function, Consumer<LoadedFunction> afterClose) {
        this.function = function;
        this.afterClose = afterClose;
        bars = List.copyOf(function.bars());
    }

    private static long allOnes(int size) {
        return size == Long.BYTES ? -1 : (1L << (Byte.SIZE * size)) - 1;
    }

    @Override
    public List<Bar> bars() {
        return bars;
    }

    @Override
    public int readConfig(int offset, int size) {
        PciFunction open = function;
        return open == null ? (int) allOnes(size) : open.readConfig(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        PciFunction open = function;
        if (open != null) {
            open.writeConfig(offset, size, value);
        }
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        PciFunction open = function;
        return open == null ? allOnes(size) : open.readBar(bar, offset, size);
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        PciFunction open = function;
        if (open != null) {
            open.writeBar(bar, offset, size, value);
        }
    }

    /** {@inheritDoc} The result belongs to the plugin, which is kept for as long as the host keeps the result. */
    @Override
    public <T> Optional<T> ability(Class<T> type) {
        PciFunction open = function;
        return open == null ? Optional.empty() : open.ability(type);
    }

    @Override
    public void reset() {
        PciFunction open = function;
        if (open != null) {
            open.reset();
        }
    }

    @Override
    public synchronized void close() {
        PciFunction open = function;
        if (open != null) {
            try {
                open.close();
            } finally {
                function = null;
                afterClose.accept(this);
            }
        }
    }
}
