// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.CardLayout;
import org.vsnd.trace.card.Structure;

/** Accesses to BARs: found in the traced card's structures, done in this card's. Notifications are not for here. */
final class BarReplay {
    private static final int STREAMS = 4;
    private static final int STREAMS_END = 8;

    private final ReplayBus bus;
    private final CardLayout own;
    private final DriverShadow shadow;
    private final InterruptWatch watch;
    private final CommonReplay common;
    private final ReplayQueues queues;
    private final Findings findings;
    private boolean lastReadDiffered;

    BarReplay(ReplayContext stage) {
        bus = stage.bus();
        own = stage.own().layout();
        shadow = stage.shadow();
        watch = stage.watch();
        queues = stage.queues();
        findings = stage.findings();
        common = new CommonReplay(stage);
    }

    void access(TraceStep.BarAccess access, Structure.Place place, int line) {
        Structure.Region region = own.region(place.structure()).orElse(null);
        if (region == null || place.offset() + access.size() > region.length()) {
            findings.differ(
                    line,
                    "accesses beyond this card's structure " + place.structure(),
                    "structures may be larger than what is in them (4.1.4)",
                    "done",
                    "left out");
            return;
        }
        findings.countAccess();
        long at = region.offset() + place.offset();
        if (place.structure() == Structure.COMMON) {
            long value = common.access(access, region.bar(), at, (int) place.offset(), line);
            lastReadDiffered = !access.write() && value != access.value();
        } else if (access.write()) {
            bus.writeBar(region.bar(), at, access.size(), access.value());
            if (place.structure() == Structure.MSIX_TABLE) {
                watch.wroteTable(place.offset(), access.size(), access.value());
            }
        } else if (place.structure() == Structure.ISR) {
            lastReadDiffered = readIsr(access, region.bar(), at, line) != access.value();
        } else {
            long came = bus.readBar(region.bar(), at, access.size());
            lastReadDiffered = came != access.value();
            compare(access, place, came, line);
        }
    }

    private void compare(TraceStep.BarAccess access, Structure.Place place, long came, int line) {
        long expected = access.value();
        switch (place.structure()) {
            case DEVICE -> compareDevice(access, (int) place.offset(), came, line);
            case MSIX_TABLE -> {
                if (expected != came) {
                    findings.fail(line, "MSI-X table, offset " + place.offset(), Hex.of(expected), Hex.of(came));
                }
            }
            default -> {
                if (expected != came) {
                    findings.differ(
                            line,
                            "structure " + place.structure(),
                            "it shows what is going on",
                            Hex.of(expected),
                            Hex.of(came));
                }
            }
        }
    }

    /** The number of streams is the guest's; jacks, maps and controls are the card's. */
    private void compareDevice(TraceStep.BarAccess access, int offset, long came, int line) {
        for (int i = 0; i < access.size(); i++) {
            int expected = Hex.byteAt(access.value(), i);
            int found = Hex.byteAt(came, i);
            boolean strict = offset + i >= STREAMS && offset + i < STREAMS_END;
            if (expected != found && strict) {
                findings.fail(line, "streams in the device configuration", Hex.of(access.value()), Hex.of(came));
                return;
            } else if (expected != found) {
                String what = "device configuration, offset " + (offset + i) / 4 * 4;
                findings.differ(
                        line, what, "jacks and channel maps are the card's", Hex.of(access.value()), Hex.of(came));
                return;
            }
        }
    }

    /** What is used in the same moment, but after the read, is the next read's. */
    private long readIsr(TraceStep.BarAccess access, int bar, long at, int line) {
        boolean asserted = !shadow.msixEnabled() && bus.intxAsserted();
        boolean owed = !shadow.msixEnabled() && queues.isrOwed();
        if (asserted) {
            queues.stillAsserted();
        }
        queues.isrRead();
        long falls = watch.falls();
        long came = bus.readBar(bar, at, access.size());
        if (owed && (came & 1) == 0) {
            findings.fail(line, "ISR status", "bit 0, since a buffer was used", Hex.of(came));
        } else if (asserted && watch.falls() == falls) {
            findings.fail(line, "INTA# after ISR was read", "not asserted (4.1.4.5)", "asserted");
        } else if (came != access.value()) {
            findings.differ(line, "ISR status", "it says what was used by then", Hex.of(access.value()), Hex.of(came));
        }
        return came;
    }

    /** Whether the last access was a read, and this card's answer was another than the traced card's. */
    boolean lastReadDiffered() {
        return lastReadDiffered;
    }

    /** Whether an access is a write of device_status that resets the card. */
    static boolean isReset(TraceStep.BarAccess access, Structure.Place place) {
        return access.write()
                && place.structure() == Structure.COMMON
                && place.offset() == VirtioPciCommonCfg.DEVICE_STATUS
                && (access.value() & 0xff) == 0;
    }
}
