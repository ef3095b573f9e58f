// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests of a front end that this back end knows, with what each carries. */
enum VhostUserRequest {
    GET_FEATURES(1, 0, 0, true),
    SET_FEATURES(2, 8, 8, false),
    SET_OWNER(3, 0, 0, false),
    RESET_OWNER(4, 0, 0, false),
    SET_MEM_TABLE(
            5, MemoryCommands.TABLE_LENGTH, MemoryCommands.TABLE_MOST_LENGTH, false, 0, MemoryCommands.MOST_REGIONS),
    SET_LOG_BASE(6, LogCommands.LENGTH, LogCommands.LENGTH, true, 1, 1),
    SET_LOG_FD(7, 0, 8, false, 1, 1), // with an empty number from some front ends
    SET_VRING_NUM(8, 8, 8, false),
    SET_VRING_ADDR(9, 40, 40, false),
    SET_VRING_BASE(10, 8, 8, false),
    GET_VRING_BASE(11, 8, 8, true),
    SET_VRING_KICK(12, 8, 8, false, 0, 1),
    SET_VRING_CALL(13, 8, 8, false, 0, 1),
    SET_VRING_ERR(14, 8, 8, false, 0, 1),
    GET_PROTOCOL_FEATURES(15, 0, 0, true),
    SET_PROTOCOL_FEATURES(16, 8, 8, false),
    GET_QUEUE_NUM(17, 0, 0, true),
    SET_VRING_ENABLE(18, 8, 8, false),
    GET_CONFIG(24, ConfigCommands.HEADER_LENGTH, ConfigCommands.MOST_LENGTH, true),
    SET_CONFIG(25, ConfigCommands.HEADER_LENGTH, ConfigCommands.MOST_LENGTH, false),
    GET_INFLIGHT_FD(31, InflightCommands.LENGTH, InflightCommands.PADDED_LENGTH, true),
    SET_INFLIGHT_FD(32, InflightCommands.LENGTH, InflightCommands.PADDED_LENGTH, false, 1, 1),
    RESET_DEVICE(34, 0, 0, false),
    GET_MAX_MEM_SLOTS(36, 0, 0, true),
    ADD_MEM_REG(37, 40, 40, false, 1, 1),
    REM_MEM_REG(38, 40, 40, false, 0, 1), // with a descriptor from some front ends, which has no meaning
    SET_STATUS(39, 8, 8, false),
    GET_STATUS(40, 0, 0, true),
    SET_DEVICE_STATE_FD(42, DeviceStateCommands.LENGTH, DeviceStateCommands.LENGTH, true, 1, 1),
    CHECK_DEVICE_STATE(43, 0, 0, true);

    private static final Map<Integer, VhostUserRequest> BY_NUMBER = new HashMap<>();

    static {
        for (VhostUserRequest request : values()) {
            BY_NUMBER.put(request.number, request);
        }
    }

    private final int number;
    private final int leastLength;
    private final int mostLength;
    private final boolean replies;
    private final int leastFds;
    private final int mostFds;

    VhostUserRequest(int number, int leastLength, int mostLength, boolean replies) {
        this(number, leastLength, mostLength, replies, 0, 0);
    }

    VhostUserRequest(int number, int leastLength, int mostLength, boolean replies, int leastFds, int mostFds) {
        this.number = number;
        this.leastLength = leastLength;
        this.mostLength = mostLength;
        this.replies = replies;
        this.leastFds = leastFds;
        this.mostFds = mostFds;
    }

    /** The request with a number, or null. */
    static @Nullable VhostUserRequest of(int number) {
        return BY_NUMBER.get(number);
    }

    /** Its number in a message. */
    int number() {
        return number;
    }

    /** Whether a payload can have that many bytes, unsigned. */
    boolean mayHaveLength(long bytes) {
        return bytes >= leastLength && bytes <= mostLength;
    }

    /** Whether that many descriptors can come with it. */
    boolean mayHaveFds(int count) {
        return count >= leastFds && count <= mostFds;
    }

    /** How many descriptors come with it at least. */
    int leastFds() {
        return leastFds;
    }

    /** Whether it has a reply of its own, asked for or not. */
    boolean replies() {
        return replies;
    }
}
