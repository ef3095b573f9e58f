// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.vsnd.pci.RecordingInterrupts;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/** A megabyte of guest memory, recorded interrupts, a clock that stands still. */
public final class FakeHost implements Host, GuestMemory, DeviceThread {
    static final int MEMORY_BYTES = 1 << 20;

    final ByteBuffer ram = ByteBuffer.allocate(MEMORY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    final RecordingInterrupts interrupts;
    long accesses;

    public FakeHost(int msixVectors, boolean hostMasks) {
        interrupts = new RecordingInterrupts(msixVectors, hostMasks);
    }

    private int checked(long address, int length) throws GuestMemoryException {
        accesses++;
        if (address < 0 || address > MEMORY_BYTES - length) {
            throw new GuestMemoryException(address, length);
        }
        return (int) address;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        int from = checked(address, dst.remaining());
        while (dst.hasRemaining()) {
            dst.put(ram.get(from++));
        }
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        int to = checked(address, src.remaining());
        while (src.hasRemaining()) {
            ram.put(to++, src.get());
        }
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        return ram.getShort(checked(address, 2));
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        ram.putShort(checked(address, 2), value);
    }

    @Override
    public GuestMemory memory() {
        return this;
    }

    @Override
    public RecordingInterrupts interrupts() {
        return interrupts;
    }

    @Override
    public DeviceThread thread() {
        return this;
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return Optional.empty();
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public TimeBase timeBase() {
        return TimeBase.VIRTUAL;
    }

    @Override
    public Timer timer(Runnable task) {
        throw new UnsupportedOperationException("the transport needs no timer");
    }

    @Override
    public Wakeup wakeup(Runnable task) {
        throw new UnsupportedOperationException("the transport needs no wake-up");
    }
}
