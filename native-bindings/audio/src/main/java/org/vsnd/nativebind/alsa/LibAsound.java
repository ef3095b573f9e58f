// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import com.sun.jna.Native;

/**
 * libasound, one to one: C names, C arguments. Handles, pointers, {@code size_t} and frame counts are {@code long}, so
 * that a call allocates nothing; {@code byte[]} arguments (strings that end in a zero byte) and {@code String} results
 * are copied and for rare calls only. Calls return a negative error number, which {@link #snd_strerror} explains. Loading this class
 * fails with an {@link UnsatisfiedLinkError} where the library is missing: {@link Alsa#require()} says so in a sentence.
 */
@SuppressWarnings("MemberName") // C's own spelling
public final class LibAsound {
    /** The file name of the library. */
    static final String LIBRARY = "libasound.so.2";

    public static final int SND_PCM_STREAM_PLAYBACK = 0;
    public static final int SND_PCM_STREAM_CAPTURE = 1;
    public static final int SND_PCM_NONBLOCK = 1;
    public static final int SND_PCM_ACCESS_RW_INTERLEAVED = 3;

    public static final int SND_PCM_STATE_OPEN = 0;
    public static final int SND_PCM_STATE_SETUP = 1;
    public static final int SND_PCM_STATE_PREPARED = 2;
    public static final int SND_PCM_STATE_RUNNING = 3;
    public static final int SND_PCM_STATE_XRUN = 4;
    public static final int SND_PCM_STATE_DRAINING = 5;
    public static final int SND_PCM_STATE_PAUSED = 6;
    public static final int SND_PCM_STATE_SUSPENDED = 7;
    public static final int SND_PCM_STATE_DISCONNECTED = 8;

    public static final int SND_CTL_NONBLOCK = 1;
    public static final int SND_CTL_ELEM_TYPE_BOOLEAN = 1;
    public static final int SND_CTL_ELEM_IFACE_CARD = 0;

    public static final int SND_PCM_TSTAMP_ENABLE = 1;
    public static final int SND_PCM_TSTAMP_TYPE_MONOTONIC = 1;

    static {
        Native.register(LibAsound.class, LIBRARY);
    }

    private LibAsound() {}

    public static native String snd_asoundlib_version();

    public static native String snd_strerror(int errnum);

    public static native int snd_lib_error_set_handler(long handler);

    public static native int snd_card_next(long card);

    public static native int snd_device_name_hint(int card, byte[] iface, long hints);

    public static native long snd_device_name_get_hint(long hint, byte[] id);

    public static native int snd_device_name_free_hint(long hints);

    public static native int snd_pcm_format_value(byte[] name);

    public static native int snd_pcm_open(long pcm, byte[] name, int stream, int mode);

    public static native int snd_pcm_close(long pcm);

    public static native int snd_pcm_prepare(long pcm);

    public static native int snd_pcm_start(long pcm);

    public static native int snd_pcm_drop(long pcm);

    public static native int snd_pcm_pause(long pcm, int enable);

    public static native int snd_pcm_resume(long pcm);

    public static native long snd_pcm_writei(long pcm, long buffer, long size);

    public static native long snd_pcm_readi(long pcm, long buffer, long size);

    public static native int snd_pcm_poll_descriptors_count(long pcm);

    public static native int snd_pcm_poll_descriptors(long pcm, long pfds, int space);

    public static native int snd_pcm_poll_descriptors_revents(long pcm, long pfds, int nfds, long revents);

    public static native long snd_pcm_status_sizeof();

    public static native int snd_pcm_status(long pcm, long status);

    public static native int snd_pcm_status_get_state(long status);

    public static native long snd_pcm_status_get_delay(long status);

    public static native long snd_pcm_status_get_avail(long status);

    public static native void snd_pcm_status_get_htstamp(long status, long timespec);

    public static native long snd_pcm_hw_params_sizeof();

    public static native int snd_pcm_hw_params_any(long pcm, long params);

    public static native int snd_pcm_hw_params_set_rate_resample(long pcm, long params, int val);

    public static native int snd_pcm_hw_params_set_access(long pcm, long params, int access);

    public static native int snd_pcm_hw_params_set_format(long pcm, long params, int format);

    public static native int snd_pcm_hw_params_set_channels(long pcm, long params, int val);

    public static native int snd_pcm_hw_params_set_rate(long pcm, long params, int val, int dir);

    public static native int snd_pcm_hw_params_set_period_size_near(long pcm, long params, long val, long dir);

    public static native int snd_pcm_hw_params_set_buffer_size_near(long pcm, long params, long val);

    public static native int snd_pcm_hw_params(long pcm, long params);

    public static native int snd_pcm_hw_params_get_period_size(long params, long val, long dir);

    public static native int snd_pcm_hw_params_get_buffer_size(long params, long val);

    public static native int snd_pcm_hw_params_can_pause(long params);

    /** {@code snd_pcm_chmap_t}: a count and as many {@code SND_CHMAP_*}, unsigned int each. */
    public static native int snd_pcm_set_chmap(long pcm, long map);

    /** To be freed with {@code free}; 0 if the PCM has none. */
    public static native long snd_pcm_get_chmap(long pcm);

    /** An array of pointers to {@code snd_pcm_chmap_query_t}, the last of which is 0; 0 if it knows none. */
    public static native long snd_pcm_query_chmaps(long pcm);

    public static native void snd_pcm_free_chmaps(long maps);

    public static native long snd_pcm_sw_params_sizeof();

    public static native int snd_pcm_sw_params_current(long pcm, long params);

    public static native int snd_pcm_sw_params_get_boundary(long params, long val);

    public static native int snd_pcm_sw_params_set_tstamp_mode(long pcm, long params, int val);

    public static native int snd_pcm_sw_params_set_tstamp_type(long pcm, long params, int val);

    public static native int snd_pcm_sw_params_set_avail_min(long pcm, long params, long val);

    public static native int snd_pcm_sw_params_set_start_threshold(long pcm, long params, long val);

    public static native int snd_pcm_sw_params_set_stop_threshold(long pcm, long params, long val);

    public static native int snd_pcm_sw_params(long pcm, long params);

    public static native int snd_hctl_open(long hctl, byte[] name, int mode);

    public static native int snd_hctl_close(long hctl);

    public static native int snd_hctl_load(long hctl);

    public static native int snd_hctl_handle_events(long hctl);

    public static native int snd_hctl_poll_descriptors_count(long hctl);

    public static native int snd_hctl_poll_descriptors(long hctl, long pfds, int space);

    public static native int snd_hctl_poll_descriptors_revents(long hctl, long pfds, int nfds, long revents);

    /** 0 if there is none. */
    public static native long snd_hctl_first_elem(long hctl);

    /** 0 if there is none. */
    public static native long snd_hctl_elem_next(long elem);

    public static native int snd_hctl_elem_get_interface(long elem);

    public static native String snd_hctl_elem_get_name(long elem);

    public static native int snd_hctl_elem_info(long elem, long info);

    public static native int snd_hctl_elem_read(long elem, long value);

    public static native long snd_ctl_elem_info_sizeof();

    public static native int snd_ctl_elem_info_get_type(long info);

    public static native long snd_ctl_elem_value_sizeof();

    public static native int snd_ctl_elem_value_get_boolean(long value, int idx);
}
