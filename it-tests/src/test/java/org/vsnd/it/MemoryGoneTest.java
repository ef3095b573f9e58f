// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mockito.stubbing.Answer;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;
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
    private GuestMemory memory() {
        Answer<Object> there = delegatesTo(host.memory());
        return mock(GuestMemory.class, withSettings().stubOnly().defaultAnswer(call -> {
            if (gone) {
                throw new GuestMemoryException(call.getArgument(0), 0);
            }
            return there.answer(call);
        }));
    }

    @BeforeEach
    void start() throws Exception {
        Host remapping = mock(Host.class, withSettings().stubOnly().defaultAnswer(delegatesTo(host)));
        doReturn(memory()).when(remapping).memory();
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
