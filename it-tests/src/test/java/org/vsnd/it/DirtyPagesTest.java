// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.it.vhostuser.VhostUserFrontEnd;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;

@DisplayName("A front end's log of the pages that the card writes")
class DirtyPagesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PAGE = 4096;
    private static final int PAGES = VirtualMachine.RAM_BYTES / PAGE;
    private static final int LOG_BYTES = PAGES / 8;
    private static final int ROUNDS = 40;

    /** The memory as it was. */
    private final byte[] before = new byte[VirtualMachine.RAM_BYTES];

    private MappedFile log;

    @ParameterizedTest
    @EnumSource(names = {"QEMU", "RUST_VMM"})
    @DisplayName("has every page that differs, whatever happens in between")
    void everyPage(FrontEndHabits habits) throws Exception {
        Random random = new Random(26);
        try (ServedMachine<VhostUserBus> machine = ServedMachine.vhost(habits, 2, Map.of());
                MemFd first = MemFd.create("log", LOG_BYTES, true);
                MemFd second = MemFd.create("log", LOG_BYTES, true)) {
            VhostUserFrontEnd frontEnd = machine.bus().frontEnd();
            SoundDriver driver = machine.driver(random.nextBoolean() ? DriverStyle.LINUX : DriverStyle.PLAIN);
            List<PeriodStream> streams = List.of(
                    new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 3840)),
                    new PeriodStream(driver, 1, false, StreamSetup.s16At48k(1000, 8000)));
            streams.forEach(PeriodStream::start);
            BitSet ever = new BitSet();
            for (int round = 0; round < ROUNDS; round++) {
                frontEnd.setLog(round % 2 == 0 ? first : second, LOG_BYTES);
                boolean logging = random.nextInt(4) > 0;
                frontEnd.setLogging(logging);
                frontEnd.config(4); // whose answer says that all before is done
                try (MappedFile mapped = MappedFile.map((round % 2 == 0 ? first : second).fd(), LOG_BYTES, true)) {
                    log = mapped;
                    takeLog();
                    takeDifferences(machine.memory());
                    Thread.sleep(random.nextInt(40)); // the driver touches nothing meanwhile
                    if (random.nextInt(3) == 0) {
                        machine.bus().pause();
                        machine.bus().goOn();
                        Thread.sleep(random.nextInt(20));
                    }
                    machine.bus().pause();
                    BitSet written = takeDifferences(machine.memory());
                    BitSet logged = takeLog();
                    written.andNot(logged);
                    assertThat(logging ? written : logged)
                            .as("pages written and not logged, or logged and not wanted, round " + round)
                            .isEqualTo(new BitSet());
                    ever.or(logged);
                }
                machine.bus().goOn();
                for (PeriodStream stream : streams) {
                    stream.runUntil(stream.completions() + 1, 5 * SECOND);
                }
            }
            assertThat(ever.cardinality()).as("pages in all").isBetween(4, 64);
        }
    }

    /** Pages that are not as they were. */
    private BitSet takeDifferences(ClientMemory memory) {
        BitSet pages = new BitSet();
        byte[] now = memory.ram().read(0, VirtualMachine.RAM_BYTES);
        for (int page = 0; page < PAGES; page++) {
            int at = page * PAGE;
            if (!Arrays.equals(now, at, at + PAGE, before, at, at + PAGE)) {
                pages.set(page);
            }
        }
        System.arraycopy(now, 0, before, 0, now.length);
        return pages;
    }

    private BitSet takeLog() {
        byte[] bytes = new byte[LOG_BYTES];
        log.window(0).get(0, bytes);
        log.window(0).put(0, new byte[LOG_BYTES]);
        return BitSet.valueOf(bytes);
    }
}
