// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** Numbers of the sound protocol as a driver knows them, VIRTIO 1.4 section 5.14. */
public final class SndWire {
    public static final int CONTROL_QUEUE = 0;
    public static final int EVENT_QUEUE = 1;
    public static final int TX_QUEUE = 2;
    public static final int RX_QUEUE = 3;

    public static final int R_JACK_INFO = 0x0001;
    public static final int R_JACK_REMAP = 0x0002;
    public static final int R_PCM_INFO = 0x0100;
    public static final int R_PCM_SET_PARAMS = 0x0101;
    public static final int R_PCM_PREPARE = 0x0102;
    public static final int R_PCM_RELEASE = 0x0103;
    public static final int R_PCM_START = 0x0104;
    public static final int R_PCM_STOP = 0x0105;
    public static final int R_CHMAP_INFO = 0x0200;
    public static final int R_CTL_INFO = 0x0300;
    public static final int R_CTL_ENUM_ITEMS = 0x0301;
    public static final int R_CTL_READ = 0x0302;
    public static final int R_CTL_WRITE = 0x0303;
    public static final int R_CTL_TLV_READ = 0x0304;
    public static final int R_CTL_TLV_WRITE = 0x0305;
    public static final int R_CTL_TLV_COMMAND = 0x0306;

    public static final int EVT_JACK_CONNECTED = 0x1000;
    public static final int EVT_JACK_DISCONNECTED = 0x1001;
    public static final int EVT_PCM_PERIOD_ELAPSED = 0x1100;
    public static final int EVT_PCM_XRUN = 0x1101;

    public static final int S_OK = 0x8000;
    public static final int S_BAD_MSG = 0x8001;
    public static final int S_NOT_SUPP = 0x8002;
    public static final int S_IO_ERR = 0x8003;

    public static final int PCM_F_SHMEM_HOST = 1;
    public static final int PCM_F_SHMEM_GUEST = 1 << 1;
    public static final int PCM_F_MSG_POLLING = 1 << 2;
    public static final int PCM_F_EVT_SHMEM_PERIODS = 1 << 3;
    public static final int PCM_F_EVT_XRUNS = 1 << 4;

    public static final int FMT_S16 = 5;
    public static final int FMT_S32 = 17;
    public static final int FMT_FLOAT = 19;
    public static final int RATE_44100 = 6;
    public static final int RATE_48000 = 7;

    public static final int JACK_INFO_BYTES = 24;
    public static final int PCM_INFO_BYTES = 32;
    public static final int CHMAP_INFO_BYTES = 24;
    public static final int XFER_BYTES = 4;
    public static final int STATUS_BYTES = 8;

    private SndWire() {}
}
