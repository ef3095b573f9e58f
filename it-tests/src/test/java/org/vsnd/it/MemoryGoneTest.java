// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;
import org.vsnd.trace.tape.TapeBackend;

/** A hypervisor maps memory anew: for some milliseconds it is not there. Its guest's other processors go on meanwhile. */
@DisplayName("Memory that is gone for a moment")
class MemoryGoneTest {
    private static final int CONTROL_QUEUE = 0;
    private static final int NEEDS_RESET = 64;
    private static final long MILLISECOND = 1_000_000;

    private final VirtualHost host =
            new VirtualHost(FlatMemory.open(0, VirtualMachine.RAM_BYTES), new InterruptLog(2048, false));
    private final TapeBackend tape = new TapeBackend();
    private boolean gone;
    private VirtualBus bus;
    private SoundDriver driver;

    /** The host's, and nothing at all while it is gone. */
    private final class Memory implements GuestMemory {
        private void check(long address, int length) throws GuestMemoryException {
            if (gone) {
                throw new GuestMemoryException(address, length);
            }
        }

        @Override
        public void read(long address, ByteBuffer dst) throws GuestMemoryException {
            check(address, dst.remaining());
            host.memory().read(address, dst);
        }

        @Override
        public void write(long address, ByteBuffer src) throws GuestMemoryException {
            check(address, src.remaining());
            host.memory().write(address, src);
        }

        @Override
        public short loadAcquire16(long address) throws GuestMemoryException {
            check(address, 2);
            return host.memory().loadAcquire16(address);
        }

        @Override
        public void storeRelease16(long address, short value) throws GuestMemoryException {
            check(address, 2);
            host.memory().storeRelease16(address, value);
        }
    }

    @BeforeEach
    void start() throws Exception {
        Host remapping = new Host() {
            private final GuestMemory memory = new Memory();

            @Override
            public GuestMemory memory() {
                return memory;
            }

            @Override
            public PciInterrupts interrupts() {
                return host.interrupts();
            }

            @Override
            public DeviceThread thread() {
                return host.thread();
            }

            @Override
            public <T> Optional<T> ability(Class<T> type) {
                return host.ability(type);
            }
        };
        bus = new VirtualBus(host, new VirtioSoundPlugin().create(remapping, Map.of(), tape));
        driver = SoundDriver.start(bus, DriverStyle.PLAIN);
    }

    @AfterEach
    void stop() {
        bus.close();
    }

    private void notifyFor(long nanos, long everyNanos) {
        gone = true;
        for (long passed = 0; passed < nanos; passed += everyNanos) {
            driver.pci().notifyQueue(CONTROL_QUEUE);
            bus.pass(everyNanos);
        }
        gone = false;
    }

    @Test
    @DisplayName("is waited for, however often the guest notifies meanwhile")
    void notificationsDoNotShortenTheWait() {
        notifyFor(10 * MILLISECOND, MILLISECOND / 10);
        assertThat(driver.pci().status() & NEEDS_RESET).isZero();
        bus.pass(10 * MILLISECOND);
        assertThat(driver.command(SndWire.R_PCM_RELEASE, 0)).isEqualTo(SndWire.S_BAD_MSG);
    }

    @Test
    @DisplayName("is not waited for any longer by it")
    void notificationsDoNotLengthenTheWait() {
        notifyFor(120 * MILLISECOND, MILLISECOND);
        assertThat(driver.pci().status() & NEEDS_RESET).isEqualTo(NEEDS_RESET);
    }
}
