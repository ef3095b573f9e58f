// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import static org.vsnd.guest.driver.VirtioPciCommonCfg.*;

import java.util.Optional;
import java.util.TreeMap;
import org.vsnd.guest.driver.Features;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.CardLayout;
import org.vsnd.trace.card.SndNames;
import org.vsnd.trace.card.Structure;

/** Looks at how the driver sets the card up: status, features, queues, vectors, and its first notification. */
final class SetupReview {
    private static final int COMMAND = 4; // le16
    private static final int BUS_MASTER = 1 << 2;
    private static final int CONTROLS = 12;
    private static final int SOUND_CONFIG_BYTES = 16;
    private static final int STATUS_BEFORE_OK = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK;

    private final CardLayout layout;
    private final Remarks remarks;
    private final TreeMap<Integer, QueueSetup> queues = new TreeMap<>(); // by index

    private int line;
    private long micros;

    private int status;
    private boolean everReset;
    private boolean resetUnread;
    private boolean featuresOkUnread;
    private int deviceSelect;
    private int driverSelect;
    private final long[] offered = {-1, -1}; // by word: as read; all, if it was not
    private final long[] accepted = new long[2];
    private int queueSelect;
    private boolean configVectorUnread;
    private boolean knowsCommand;
    private int command;

    SetupReview(CardLayout layout, Remarks remarks) {
        this.layout = layout;
        this.remarks = remarks;
    }

    /** Whether the driver has set DRIVER_OK in this life. */
    boolean running() {
        return (status & STATUS_DRIVER_OK) != 0;
    }

    boolean acceptedIndirect() {
        return (accepted[0] & Features.INDIRECT_DESC) != 0;
    }

    boolean acceptedControls() {
        return (accepted[0] & Features.SND_CTLS) != 0;
    }

    /** The card was reset, in whichever way. */
    void reset() {
        status = 0;
        everReset = true;
        featuresOkUnread = false;
        accepted[0] = 0;
        accepted[1] = 0;
        configVectorUnread = false;
        queues.clear();
    }

    void config(TraceStep.ConfigAccess access) {
        if (access.write() && access.offset() == COMMAND) {
            knowsCommand = true;
            command = (int) access.value();
        }
    }

    void bar(TraceStep.BarAccess access, int at) {
        line = at;
        micros = access.micros();
        Optional<Structure.Place> place = layout.place(access.bar(), access.offset());
        if (place.isEmpty()) {
            return;
        }
        int offset = (int) place.get().offset();
        switch (place.get().structure()) {
            case COMMON -> common(offset, access);
            case NOTIFY -> notification(access);
            case DEVICE -> device(offset, access);
            default -> {}
        }
    }

    private void remark(RemarkKind kind, String seen) {
        remarks.add(kind, line, micros, seen);
    }

    private void device(int offset, TraceStep.BarAccess access) {
        if (offset < SOUND_CONFIG_BYTES && (access.size() != 4 || offset % 4 != 0)) {
            wrongWidth(access, "the device configuration", offset);
        }
        if (!access.write() && offset == CONTROLS && !acceptedControls()) {
            remark(RemarkKind.CONTROLS_READ, "offset 12 of the device configuration");
        }
    }

    private void wrongWidth(TraceStep.BarAccess access, String of, int offset) {
        String seen = String.format("%d bytes at 0x%02x of %s", access.size(), offset, of);
        remarks.add(RemarkKind.WRONG_WIDTH, line, micros, seen);
    }

    private void notification(TraceStep.BarAccess access) {
        if (access.write() && !running()) {
            remark(RemarkKind.NOTIFY_BEFORE_DRIVER_OK, SndNames.queue((int) access.value() & 0xffff));
        }
    }

    private void common(int offset, TraceStep.BarAccess access) {
        if (!isNatural(offset, access.size())) {
            wrongWidth(access, "the common configuration", offset);
        }
        if (access.write()) {
            written(offset, access.value());
        } else {
            read(offset, access.value());
        }
    }

    private static boolean isNatural(int offset, int size) {
        return switch (offset) {
            case DEVICE_STATUS, CONFIG_GENERATION -> size == 1;
            case CONFIG_MSIX_VECTOR, NUM_QUEUES, QUEUE_SELECT, QUEUE_SIZE, QUEUE_MSIX_VECTOR -> size == 2;
            case QUEUE_ENABLE, QUEUE_NOTIFY_OFF, QUEUE_RESET -> size == 2;
            default -> offset < 0x38 ? size == 4 && offset % 4 == 0 : size == 2 && offset % 2 == 0;
        };
    }

    private void read(int offset, long value) {
        switch (offset) {
            case DEVICE_FEATURE -> {
                if (deviceSelect == 0 || deviceSelect == 1) {
                    offered[deviceSelect] = value;
                }
            }
            case DEVICE_STATUS -> {
                resetUnread &= value != 0;
                featuresOkUnread = false;
            }
            case CONFIG_MSIX_VECTOR -> configVectorUnread = false;
            case QUEUE_SIZE -> queue().size = (int) value;
            case QUEUE_MSIX_VECTOR -> queue().vectorUnread = false;
            default -> {}
        }
    }

    private void written(int offset, long value) {
        switch (offset) {
            case DEVICE_FEATURE_SELECT -> deviceSelect = (int) value;
            case DEVICE_FEATURE -> remark(RemarkKind.READ_ONLY_WRITTEN, "device_feature");
            case NUM_QUEUES -> remark(RemarkKind.READ_ONLY_WRITTEN, "num_queues");
            case CONFIG_GENERATION -> remark(RemarkKind.READ_ONLY_WRITTEN, "config_generation");
            case QUEUE_NOTIFY_OFF -> remark(RemarkKind.READ_ONLY_WRITTEN, "queue_notify_off");
            case DRIVER_FEATURE_SELECT -> driverSelect = (int) value;
            case DRIVER_FEATURE -> acceptFeatures(value);
            case CONFIG_MSIX_VECTOR -> configVectorUnread = value != NO_VECTOR;
            case DEVICE_STATUS -> status((int) value & 0xff);
            case QUEUE_SELECT -> queueSelect = (int) value & 0xffff;
            default -> queueWritten(offset, value);
        }
    }

    private void acceptFeatures(long value) {
        if ((status & STATUS_FEATURES_OK) != 0) {
            remark(RemarkKind.FEATURES_AFTER_OK, String.format("0x%x, word %d", value, driverSelect));
        } else if (driverSelect == 0 || driverSelect == 1) {
            accepted[driverSelect] = value;
        }
    }

    private void status(int value) {
        if (value == 0) {
            reset();
            resetUnread = true;
            return;
        }
        if (!everReset) {
            everReset = true;
            remark(RemarkKind.NOT_RESET, "the first device_status is " + value);
        }
        if (resetUnread) {
            resetUnread = false;
            remark(RemarkKind.RESET_NOT_AWAITED, "device_status " + value + " comes next");
        }
        if ((status & ~value) != 0) {
            remark(RemarkKind.STATUS_BIT_CLEARED, status + " becomes " + value);
        }
        int added = value & ~status;
        if ((added & STATUS_FEATURES_OK) != 0) {
            featuresOkUnread = true;
            checkFeatures();
        }
        if ((added & STATUS_DRIVER_OK) != 0) {
            checkSetUp(value);
        }
        status |= value;
    }

    private void checkFeatures() {
        if ((accepted[1] & 1) == 0) {
            remark(RemarkKind.NO_VERSION_1, String.format("accepted is 0x%x%08x", accepted[1], accepted[0]));
        }
        for (int word = 0; word < accepted.length; word++) {
            long more = accepted[word] & ~offered[word];
            if (more != 0) {
                remark(RemarkKind.FEATURE_NOT_OFFERED, String.format("0x%x, word %d", more, word));
            }
        }
    }

    private void checkSetUp(int value) {
        int missing = STATUS_BEFORE_OK & ~value;
        if (missing != 0) {
            remark(RemarkKind.STATUS_BIT_MISSING, "device_status is " + value + ", without " + missing);
            if ((missing & STATUS_FEATURES_OK) != 0) {
                checkFeatures();
            }
        }
        if (featuresOkUnread) {
            remark(RemarkKind.FEATURES_OK_NOT_READ, "device_status " + value + " comes next");
        }
        if (knowsCommand && (command & BUS_MASTER) == 0) {
            remark(RemarkKind.NO_BUS_MASTER, String.format("the command register is 0x%04x", command));
        }
        if (configVectorUnread) {
            remark(RemarkKind.VECTOR_NOT_READ, "config_msix_vector");
        }
        queues.forEach((index, queue) -> {
            if (queue.vectorUnread) {
                remark(RemarkKind.VECTOR_NOT_READ, SndNames.queue(index));
            }
        });
    }

    private QueueSetup queue() {
        return queues.computeIfAbsent(queueSelect, index -> new QueueSetup());
    }

    private void queueWritten(int offset, long value) {
        QueueSetup queue = queue();
        if (offset == QUEUE_ENABLE) {
            enable(queue, (int) value);
            return;
        }
        boolean vector = offset == QUEUE_MSIX_VECTOR && value != NO_VECTOR;
        boolean settles = offset == QUEUE_SIZE || vector || offset >= QUEUE_DESC;
        if (queue.enabled && settles && offset != QUEUE_RESET) {
            remark(RemarkKind.QUEUE_SET_UP_LATE, SndNames.queue(queueSelect) + ", register " + register(offset));
        }
        switch (offset) {
            case QUEUE_SIZE -> {
                int most = queue.size;
                if (Integer.bitCount((int) value) != 1 || (most > 0 && value > most)) {
                    remark(
                            RemarkKind.QUEUE_SIZE_UNFIT,
                            value + (most > 0 ? " of " + most : "") + ", " + SndNames.queue(queueSelect));
                } else {
                    queue.size = (int) value;
                }
            }
            case QUEUE_MSIX_VECTOR -> queue.vectorUnread = value != NO_VECTOR;
            case QUEUE_RESET -> queues.remove(queueSelect);
            default -> queue.address(offset, value);
        }
    }

    private static String register(int offset) {
        return switch (offset) {
            case QUEUE_SIZE -> "queue_size";
            case QUEUE_MSIX_VECTOR -> "queue_msix_vector";
            default -> String.format("0x%02x", offset);
        };
    }

    private void enable(QueueSetup queue, int value) {
        if (value == 0) {
            remark(RemarkKind.QUEUE_DISABLED_BY_ZERO, SndNames.queue(queueSelect));
            return;
        }
        if (queue.size == 0) {
            remark(RemarkKind.QUEUE_SIZE_NOT_READ, SndNames.queue(queueSelect));
        }
        queue.enabled = true;
        queues.forEach((index, other) -> {
            if (other != queue && other.enabled && other.overlaps(queue)) {
                remark(RemarkKind.RINGS_OVERLAP, SndNames.queue(index) + " and " + SndNames.queue(queueSelect));
            }
        });
    }

    /** Memory of the guest is for DMA no longer. */
    void freed(TraceStep.AreaFree area, int at) {
        line = at;
        micros = area.micros();
        queues.forEach((index, queue) -> {
            if (running() && queue.enabled && queue.touches(area.address(), area.size())) {
                remark(RemarkKind.RING_FREED, SndNames.queue(index));
            }
        });
    }
}
