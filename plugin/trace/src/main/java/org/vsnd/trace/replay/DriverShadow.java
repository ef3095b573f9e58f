// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.Arrays;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/** What the driver has written to the registers that matter later: its view of the card. */
final class DriverShadow {
    private static final int QUEUES = 64;
    private static final int UNKNOWN = -1;

    private int status;
    private int deviceSelect;
    private int driverSelect;
    private long acceptedFeatures;
    private int queueSelect;
    private int configVector;
    private final int[] vectors = new int[QUEUES];
    private final int[] sizes = new int[QUEUES];
    private int command = UNKNOWN;
    private int interruptLine = UNKNOWN;
    private int cacheLine = UNKNOWN;
    private boolean msixEnabled;
    private boolean msixMasked;
    private boolean countsInterrupts;

    DriverShadow() {
        reset();
    }

    /** device_status was written 0, or the function was reset. */
    void reset() {
        status = 0;
        deviceSelect = 0;
        driverSelect = 0;
        acceptedFeatures = 0;
        countsInterrupts = false;
        queueSelect = 0;
        configVector = VirtioPciCommonCfg.NO_VECTOR;
        Arrays.fill(vectors, VirtioPciCommonCfg.NO_VECTOR);
        Arrays.fill(sizes, UNKNOWN);
    }

    /** The whole function was reset. */
    void functionReset() {
        reset();
        command = UNKNOWN;
        interruptLine = UNKNOWN;
        cacheLine = UNKNOWN;
        msixEnabled = false;
        msixMasked = false;
    }

    void wroteCommon(int offset, int size, long value) {
        switch (offset) {
            case VirtioPciCommonCfg.DEVICE_FEATURE_SELECT -> deviceSelect = (int) value;
            case VirtioPciCommonCfg.DEVICE_FEATURE -> countsInterrupts = true;
            case VirtioPciCommonCfg.DRIVER_FEATURE_SELECT -> driverSelect = (int) value;
            case VirtioPciCommonCfg.DRIVER_FEATURE -> {
                if (size == 4 && (driverSelect == 0 || driverSelect == 1)) {
                    long mask = 0xffff_ffffL << (32 * driverSelect);
                    acceptedFeatures = (acceptedFeatures & ~mask) | (value << (32 * driverSelect));
                }
            }
            case VirtioPciCommonCfg.CONFIG_MSIX_VECTOR -> configVector = (int) value & 0xffff;
            case VirtioPciCommonCfg.DEVICE_STATUS ->
                status |= (int) value & 0xff & ~VirtioPciCommonCfg.STATUS_NEEDS_RESET;
            case VirtioPciCommonCfg.QUEUE_SELECT -> queueSelect = (int) value & 0xffff;
            case VirtioPciCommonCfg.QUEUE_SIZE -> set(sizes, (int) value & 0xffff);
            case VirtioPciCommonCfg.QUEUE_MSIX_VECTOR -> set(vectors, (int) value & 0xffff);
            default -> {}
        }
    }

    /**
     * Whether the driver is Haiku's, which alone writes device_feature: it needs an interrupt for every buffer, and looks at
     * the ring without one.
     */
    boolean countsInterrupts() {
        return countsInterrupts;
    }

    private void set(int[] ofQueue, int value) {
        if (queueSelect < QUEUES) {
            ofQueue[queueSelect] = value;
        }
    }

    /** A byte of the command register, 0 or 1. */
    void wroteCommand(int index, int value) {
        int other = command() & ~(0xff << (8 * index));
        command = other | (value << (8 * index));
    }

    void wroteInterruptLine(int value) {
        interruptLine = value;
    }

    void wroteCacheLine(int value) {
        cacheLine = value;
    }

    /** @param control MSI-X message control */
    void wroteMsixControl(int control) {
        msixEnabled = (control & 0x8000) != 0;
        msixMasked = (control & 0x4000) != 0;
    }

    /** The bits that device_status must show. */
    int status() {
        return status;
    }

    int deviceSelect() {
        return deviceSelect;
    }

    int driverSelect() {
        return driverSelect;
    }

    int queueSelect() {
        return queueSelect;
    }

    /** Written to driver_feature so far. */
    long acceptedFeatures() {
        return acceptedFeatures;
    }

    int configVector() {
        return configVector;
    }

    int vector(int queue) {
        return queue < QUEUES ? vectors[queue] : VirtioPciCommonCfg.NO_VECTOR;
    }

    /** queue_size as written, or -1. */
    int size(int queue) {
        return queue < QUEUES ? sizes[queue] : UNKNOWN;
    }

    /** As written; 0 before. */
    int command() {
        return Math.max(command, 0);
    }

    /** Whether the driver, or firmware, has written the command register. */
    boolean knowsCommand() {
        return command >= 0;
    }

    /** As written, or -1. */
    int interruptLine() {
        return interruptLine;
    }

    /** As written, or -1. */
    int cacheLine() {
        return cacheLine;
    }

    boolean msixEnabled() {
        return msixEnabled;
    }

    /** Whether the driver has masked all vectors. */
    boolean msixMasked() {
        return msixMasked;
    }
}
