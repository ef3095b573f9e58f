// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceStep;

/**
 * Accesses to the common configuration structure, VIRTIO 1.4 section 4.1.4.3. Rings are this card's: their addresses and
 * sizes stand in for the traced ones. Features that this card does not offer are not accepted from it.
 */
final class CommonReplay {
    private static final int LEAST_QUEUE_SIZE = 4;

    private final ReplayBus bus;
    private final OwnCard card;
    private final DriverShadow shadow;
    private final ReplayQueues queues;
    private final Findings findings;

    CommonReplay(ReplayContext stage) {
        bus = stage.bus();
        card = stage.own();
        shadow = stage.shadow();
        queues = stage.queues();
        findings = stage.findings();
    }

    /**
     * Does an access.
     *
     * @param at where it is in this card's BAR
     * @param offset where it is in the structure
     * @return what was read, or was to be written
     */
    long access(TraceStep.BarAccess access, int bar, long at, int offset, int line) {
        if (access.write()) {
            write(access, bar, at, offset, line);
            return access.value();
        }
        long came = bus.readBar(bar, at, access.size());
        compare(access, offset, came, line);
        return came;
    }

    private void write(TraceStep.BarAccess access, int bar, long at, int offset, int line) {
        int queue = shadow.queueSelect();
        long value = access.value();
        if (ReplayQueue.isRingRegister(offset) && queue < card.queueCount()) {
            int size = (int) bus.readBar(bar, at - offset + VirtioPciCommonCfg.QUEUE_SIZE, 2);
            value = queues.ringAddress(queue, size, negotiated(), offset, access.size(), value);
        } else if (offset == VirtioPciCommonCfg.DRIVER_FEATURE && access.size() == 4) {
            value = featuresHere(value, line);
        } else if (offset == VirtioPciCommonCfg.QUEUE_SIZE && value > bus.readBar(bar, at, 2)) {
            findings.differ(
                    line,
                    "queue_size of queue " + queue,
                    "a driver takes no more than the card has",
                    Hex.of(value),
                    Hex.of(bus.readBar(bar, at, 2)));
            return;
        }
        bus.writeBar(bar, at, access.size(), value);
        if (offset == VirtioPciCommonCfg.DEVICE_STATUS && (value & 0xff) == 0) {
            shadow.reset();
        } else {
            shadow.wroteCommon(offset, access.size(), value);
        }
        if (offset == VirtioPciCommonCfg.QUEUE_RESET && value == 1 && (negotiated() & Features.RING_RESET) != 0) {
            queues.discard(queue);
        }
    }

    private long negotiated() {
        return shadow.acceptedFeatures() & card.features();
    }

    private long featuresHere(long wanted, int line) {
        int select = shadow.driverSelect();
        long offered = word(card.features(), select);
        if ((wanted & ~offered) != 0) {
            findings.differ(
                    line,
                    "features accepted, word " + select,
                    "a driver accepts what is offered (2.2)",
                    Hex.of(wanted),
                    Hex.of(wanted & offered));
        }
        return wanted & offered;
    }

    private void compare(TraceStep.BarAccess access, int offset, long came, int line) {
        long traced = access.value();
        switch (offset) {
            case VirtioPciCommonCfg.DEVICE_FEATURE -> compareFeatures(traced, came, line);
            case VirtioPciCommonCfg.DRIVER_FEATURE ->
                demand(line, "driver_feature", word(shadow.acceptedFeatures(), shadow.driverSelect()), came);
            case VirtioPciCommonCfg.DEVICE_STATUS -> compareStatus((int) traced & 0xff, (int) came & 0xff, line);
            case VirtioPciCommonCfg.QUEUE_SIZE -> compareQueueSize((int) traced, (int) came, line);
            case VirtioPciCommonCfg.QUEUE_NOTIFY_OFF ->
                differ(line, "queue_notify_off", "notifications lie where the card has them", traced, came);
            case VirtioPciCommonCfg.CONFIG_GENERATION ->
                differ(line, "config_generation", "it counts changes of the configuration", traced, came);
            case VirtioPciCommonCfg.CONFIG_MSIX_VECTOR ->
                compareVector("config_msix_vector", shadow.configVector(), traced, came, line);
            case VirtioPciCommonCfg.QUEUE_MSIX_VECTOR ->
                compareVector("queue_msix_vector", shadow.vector(shadow.queueSelect()), traced, came, line);
            case VirtioPciCommonCfg.DEVICE_FEATURE_SELECT,
                    VirtioPciCommonCfg.DRIVER_FEATURE_SELECT,
                    VirtioPciCommonCfg.NUM_QUEUES,
                    VirtioPciCommonCfg.QUEUE_SELECT,
                    VirtioPciCommonCfg.QUEUE_ENABLE,
                    VirtioPciCommonCfg.QUEUE_RESET -> demand(line, name(offset), traced, came);
            default -> {
                int queue = shadow.queueSelect();
                if (ReplayQueue.isRingRegister(offset) && queues.isOpen(queue)) {
                    demand(line, "a ring's address", queues.ringAddress(queue, offset, access.size()), came);
                } else {
                    differ(line, "common configuration, offset " + offset, "it is not in the standard", traced, came);
                }
            }
        }
    }

    private void compareFeatures(long traced, long came, int line) {
        int select = shadow.deviceSelect();
        long versionOne = word(Features.VERSION_1, select);
        if ((came & versionOne) != versionOne) {
            findings.fail(line, "device_feature, word " + select, "VIRTIO_F_VERSION_1", Hex.of(came));
        }
        differ(line, "device_feature, word " + select, "features are the card's to offer (2.2)", traced, came);
    }

    private static long word(long features, int select) {
        return select == 0 || select == 1 ? (features >>> (32 * select)) & 0xffff_ffffL : 0;
    }

    /** It shows what the driver has written: FEATURES_OK as well, since nothing is accepted that is not offered. */
    private void compareStatus(int traced, int came, int line) {
        int expected = shadow.status();
        if (came == expected) {
            differ(line, "device_status", "it shows what the driver has written (2.1)", traced, came);
        } else if (came != traced) {
            findings.fail(line, "device_status", Hex.of(expected), Hex.of(came));
        }
    }

    /** A vector that the table has is taken. */
    private void compareVector(String what, int written, long traced, long came, int line) {
        if (came != written && came != traced) {
            findings.fail(line, what, Hex.of(traced), Hex.of(came));
        } else {
            differ(line, what, "the vector is there and was taken (4.1.5.1.2)", traced, came);
        }
    }

    private void compareQueueSize(int traced, int came, int line) {
        int written = shadow.size(shadow.queueSelect());
        boolean right = written >= 0
                ? came == written
                : traced == 0 ? came == 0 : came >= LEAST_QUEUE_SIZE && Integer.bitCount(came) == 1;
        String expected =
                written >= 0 ? "" + written : traced == 0 ? "0" : "a power of two, at least " + LEAST_QUEUE_SIZE;
        if (!right) {
            findings.fail(line, "queue_size of queue " + shadow.queueSelect(), expected, "" + came);
        } else {
            differ(line, "queue_size", "the size is the card's (4.1.4.3)", traced, came);
        }
    }

    private static String name(int offset) {
        return switch (offset) {
            case VirtioPciCommonCfg.DEVICE_FEATURE_SELECT -> "device_feature_select";
            case VirtioPciCommonCfg.DRIVER_FEATURE_SELECT -> "driver_feature_select";
            case VirtioPciCommonCfg.NUM_QUEUES -> "num_queues";
            case VirtioPciCommonCfg.QUEUE_SELECT -> "queue_select";
            case VirtioPciCommonCfg.QUEUE_ENABLE -> "queue_enable";
            default -> "queue_reset";
        };
    }

    private void demand(int line, String what, long expected, long came) {
        if (expected != came) {
            findings.fail(line, what, Hex.of(expected), Hex.of(came));
        }
    }

    private void differ(int line, String what, String why, long traced, long came) {
        if (traced != came) {
            findings.differ(line, what, why, Hex.of(traced), Hex.of(came));
        }
    }
}
