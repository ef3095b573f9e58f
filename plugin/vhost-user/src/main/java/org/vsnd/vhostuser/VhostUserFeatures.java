// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

/** Feature bits that are the protocol's own, as masks. */
final class VhostUserFeatures {
    /** Beside the virtio features: every page that is written is in the front end's log. */
    static final long VHOST_F_LOG_ALL = 1L << 26;

    /** Beside the virtio features: there are protocol features, and rings begin disabled. */
    static final long VHOST_USER_F_PROTOCOL_FEATURES = 1L << 30;

    /** GET_QUEUE_NUM. */
    static final long VHOST_USER_PROTOCOL_F_MQ = 1L;
    /** SET_LOG_BASE has a file. */
    static final long VHOST_USER_PROTOCOL_F_LOG_SHMFD = 1L << 1;
    /** A request may ask whether it has succeeded. */
    static final long VHOST_USER_PROTOCOL_F_REPLY_ACK = 1L << 3;
    /** GET_CONFIG and SET_CONFIG. */
    static final long VHOST_USER_PROTOCOL_F_CONFIG = 1L << 9;
    /** GET_INFLIGHT_FD and SET_INFLIGHT_FD. */
    static final long VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD = 1L << 12;
    /** RESET_DEVICE. */
    static final long VHOST_USER_PROTOCOL_F_RESET_DEVICE = 1L << 13;
    /** GET_MAX_MEM_SLOTS, ADD_MEM_REG and REM_MEM_REG. */
    static final long VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS = 1L << 15;
    /** SET_STATUS and GET_STATUS. */
    static final long VHOST_USER_PROTOCOL_F_STATUS = 1L << 16;
    /** SET_DEVICE_STATE_FD and CHECK_DEVICE_STATE. */
    static final long VHOST_USER_PROTOCOL_F_DEVICE_STATE = 1L << 19;

    /** All that this back end offers. */
    static final long PROTOCOL_FEATURES = VHOST_USER_PROTOCOL_F_MQ
            | VHOST_USER_PROTOCOL_F_LOG_SHMFD
            | VHOST_USER_PROTOCOL_F_REPLY_ACK
            | VHOST_USER_PROTOCOL_F_CONFIG
            | VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD
            | VHOST_USER_PROTOCOL_F_RESET_DEVICE
            | VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS
            | VHOST_USER_PROTOCOL_F_STATUS
            | VHOST_USER_PROTOCOL_F_DEVICE_STATE;

    private VhostUserFeatures() {}
}
