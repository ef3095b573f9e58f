// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** Numbers of VIRTIO 1.4 section 5.14 with the names of the specification. */
public final class VirtioSnd {
    /** Device ID, 5.14.1. */
    public static final int VIRTIO_ID_SOUND = 25;

    // Queues, 5.14.2
    public static final int VIRTIO_SND_VQ_CONTROL = 0;
    public static final int VIRTIO_SND_VQ_EVENT = 1;
    public static final int VIRTIO_SND_VQ_TX = 2;
    public static final int VIRTIO_SND_VQ_RX = 3;
    public static final int VIRTIO_SND_VQ_MAX = 4;

    // Requests, 5.14.6
    public static final int VIRTIO_SND_R_JACK_INFO = 0x0001;
    public static final int VIRTIO_SND_R_JACK_REMAP = 0x0002;
    public static final int VIRTIO_SND_R_PCM_INFO = 0x0100;
    public static final int VIRTIO_SND_R_PCM_SET_PARAMS = 0x0101;
    public static final int VIRTIO_SND_R_PCM_PREPARE = 0x0102;
    public static final int VIRTIO_SND_R_PCM_RELEASE = 0x0103;
    public static final int VIRTIO_SND_R_PCM_START = 0x0104;
    public static final int VIRTIO_SND_R_PCM_STOP = 0x0105;
    public static final int VIRTIO_SND_R_CHMAP_INFO = 0x0200;
    public static final int VIRTIO_SND_R_CTL_INFO = 0x0300;
    public static final int VIRTIO_SND_R_CTL_ENUM_ITEMS = 0x0301;
    public static final int VIRTIO_SND_R_CTL_READ = 0x0302;
    public static final int VIRTIO_SND_R_CTL_WRITE = 0x0303;
    public static final int VIRTIO_SND_R_CTL_TLV_READ = 0x0304;
    public static final int VIRTIO_SND_R_CTL_TLV_WRITE = 0x0305;
    public static final int VIRTIO_SND_R_CTL_TLV_COMMAND = 0x0306;

    // Events, 5.14.6
    public static final int VIRTIO_SND_EVT_JACK_CONNECTED = 0x1000;
    public static final int VIRTIO_SND_EVT_JACK_DISCONNECTED = 0x1001;
    public static final int VIRTIO_SND_EVT_PCM_PERIOD_ELAPSED = 0x1100;
    public static final int VIRTIO_SND_EVT_PCM_XRUN = 0x1101;
    public static final int VIRTIO_SND_EVT_CTL_NOTIFY = 0x1200;

    // Features of a stream, by bit, 5.14.6.6.2
    public static final int VIRTIO_SND_PCM_F_SHMEM_HOST = 0;
    public static final int VIRTIO_SND_PCM_F_SHMEM_GUEST = 1;
    public static final int VIRTIO_SND_PCM_F_MSG_POLLING = 2;
    public static final int VIRTIO_SND_PCM_F_EVT_SHMEM_PERIODS = 3;
    public static final int VIRTIO_SND_PCM_F_EVT_XRUNS = 4;

    // Status codes, 5.14.6
    public static final int VIRTIO_SND_S_OK = 0x8000;
    public static final int VIRTIO_SND_S_BAD_MSG = 0x8001;
    public static final int VIRTIO_SND_S_NOT_SUPP = 0x8002;
    public static final int VIRTIO_SND_S_IO_ERR = 0x8003;

    // Directions, 5.14.6.2
    public static final int VIRTIO_SND_D_OUTPUT = 0;
    public static final int VIRTIO_SND_D_INPUT = 1;

    // Features of a jack, by bit, 5.14.6.4.1
    public static final int VIRTIO_SND_JACK_F_REMAP = 0;

    // Channel positions, 5.14.6.9.1
    public static final int VIRTIO_SND_CHMAP_FL = 3;
    public static final int VIRTIO_SND_CHMAP_FR = 4;
    public static final int VIRTIO_SND_CHMAP_MAX_SIZE = 18;

    /** The device has control elements, 5.14.3: a mask of feature bits. */
    public static final long VIRTIO_SND_F_CTLS = 1L;

    // Control elements, 5.14.6.10
    public static final int VIRTIO_SND_CTL_ROLE_UNDEFINED = 0;
    public static final int VIRTIO_SND_CTL_ROLE_VOLUME = 1;
    public static final int VIRTIO_SND_CTL_ROLE_MUTE = 2;
    public static final int VIRTIO_SND_CTL_ROLE_GAIN = 3;
    public static final int VIRTIO_SND_CTL_TYPE_BOOLEAN = 0;
    public static final int VIRTIO_SND_CTL_TYPE_INTEGER = 1;
    public static final int VIRTIO_SND_CTL_TYPE_INTEGER64 = 2;
    public static final int VIRTIO_SND_CTL_TYPE_ENUMERATED = 3;
    public static final int VIRTIO_SND_CTL_TYPE_BYTES = 4;
    public static final int VIRTIO_SND_CTL_TYPE_IEC958 = 5;
    public static final int VIRTIO_SND_CTL_ACCESS_READ = 0;
    public static final int VIRTIO_SND_CTL_ACCESS_WRITE = 1;
    public static final int VIRTIO_SND_CTL_ACCESS_VOLATILE = 2;
    public static final int VIRTIO_SND_CTL_ACCESS_INACTIVE = 3;
    public static final int VIRTIO_SND_CTL_ACCESS_TLV_READ = 4;
    public static final int VIRTIO_SND_CTL_ACCESS_TLV_WRITE = 5;
    public static final int VIRTIO_SND_CTL_ACCESS_TLV_COMMAND = 6;
    public static final int VIRTIO_SND_CTL_EVT_MASK_VALUE = 0;
    public static final int VIRTIO_SND_CTL_EVT_MASK_INFO = 1;
    public static final int VIRTIO_SND_CTL_EVT_MASK_TLV = 2;

    private VirtioSnd() {}
}
