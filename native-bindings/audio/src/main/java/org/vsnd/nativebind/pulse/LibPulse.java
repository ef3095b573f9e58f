// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import org.jspecify.annotations.Nullable;

/**
 * libpulse's asynchronous API, one to one: C names, C arguments. Pointers, {@code size_t} and the opaque handles are
 * {@code long}, so that a call allocates nothing; {@code byte[]} (a string with its final 0) and callbacks are for rare
 * calls only. One thread, but for {@link #pa_mainloop_wakeup}. Loaded through {@link PulseLibrary}, which says what to
 * do when the library is missing.
 */
@SuppressWarnings("MemberName") // C's own spelling
public final class LibPulse {
    /** -Dvsnd.libpulse=FILE names another file, for systems that have it elsewhere. */
    static final String LIBRARY = System.getProperty("vsnd.libpulse", "libpulse.so.0");

    public static final int PA_ERR_ACCESS = 1;
    public static final int PA_ERR_PROTOCOL = 7;
    public static final int PA_ERR_TIMEOUT = 8;
    public static final int PA_ERR_AUTHKEY = 9;
    public static final int PA_ERR_VERSION = 17;

    public static final int PA_CONTEXT_NOFLAGS = 0;
    public static final int PA_CONTEXT_NOAUTOSPAWN = 0x1;

    public static final int PA_CONTEXT_UNCONNECTED = 0;
    public static final int PA_CONTEXT_CONNECTING = 1;
    public static final int PA_CONTEXT_AUTHORIZING = 2;
    public static final int PA_CONTEXT_SETTING_NAME = 3;
    public static final int PA_CONTEXT_READY = 4;
    public static final int PA_CONTEXT_FAILED = 5;
    public static final int PA_CONTEXT_TERMINATED = 6;

    public static final int PA_STREAM_UNCONNECTED = 0;
    public static final int PA_STREAM_CREATING = 1;
    public static final int PA_STREAM_READY = 2;
    public static final int PA_STREAM_FAILED = 3;
    public static final int PA_STREAM_TERMINATED = 4;

    public static final int PA_STREAM_START_CORKED = 0x0001;
    public static final int PA_STREAM_ADJUST_LATENCY = 0x2000;

    public static final int PA_OPERATION_RUNNING = 0;
    public static final int PA_OPERATION_DONE = 1;
    public static final int PA_OPERATION_CANCELLED = 2;

    public static final int PA_SAMPLE_U8 = 0;
    public static final int PA_SAMPLE_ALAW = 1;
    public static final int PA_SAMPLE_ULAW = 2;
    public static final int PA_SAMPLE_S16LE = 3;
    public static final int PA_SAMPLE_FLOAT32LE = 5;
    public static final int PA_SAMPLE_S32LE = 7;
    public static final int PA_SAMPLE_S24LE = 9;
    public static final int PA_SAMPLE_S24_32LE = 11;

    public static final int PA_CHANNELS_MAX = 32;
    public static final int PA_CHANNEL_POSITION_MONO = 0;
    public static final int PA_CHANNEL_POSITION_FRONT_LEFT = 1;
    public static final int PA_CHANNEL_POSITION_FRONT_RIGHT = 2;
    public static final int PA_CHANNEL_POSITION_FRONT_CENTER = 3;
    public static final int PA_CHANNEL_POSITION_REAR_CENTER = 4;
    public static final int PA_CHANNEL_POSITION_REAR_LEFT = 5;
    public static final int PA_CHANNEL_POSITION_REAR_RIGHT = 6;
    public static final int PA_CHANNEL_POSITION_LFE = 7;
    public static final int PA_CHANNEL_POSITION_FRONT_LEFT_OF_CENTER = 8;
    public static final int PA_CHANNEL_POSITION_FRONT_RIGHT_OF_CENTER = 9;
    public static final int PA_CHANNEL_POSITION_SIDE_LEFT = 10;
    public static final int PA_CHANNEL_POSITION_SIDE_RIGHT = 11;
    public static final int PA_CHANNEL_POSITION_AUX0 = 12;
    public static final int PA_CHANNEL_POSITION_TOP_CENTER = 44;
    public static final int PA_CHANNEL_POSITION_TOP_FRONT_LEFT = 45;
    public static final int PA_CHANNEL_POSITION_TOP_FRONT_RIGHT = 46;
    public static final int PA_CHANNEL_POSITION_TOP_FRONT_CENTER = 47;
    public static final int PA_CHANNEL_POSITION_TOP_REAR_LEFT = 48;
    public static final int PA_CHANNEL_POSITION_TOP_REAR_RIGHT = 49;
    public static final int PA_CHANNEL_POSITION_TOP_REAR_CENTER = 50;
    public static final int PA_SEEK_RELATIVE = 0;
    public static final int PA_INVALID_INDEX = -1;

    public static final int PA_SUBSCRIPTION_MASK_SINK = 0x0001;
    public static final int PA_SUBSCRIPTION_MASK_SOURCE = 0x0002;
    public static final int PA_SUBSCRIPTION_MASK_SERVER = 0x0080;
    public static final int PA_SUBSCRIPTION_MASK_CARD = 0x0200;
    public static final int PA_PORT_AVAILABLE_NO = 1;
    public static final int PA_SUBSCRIPTION_MASK_SINK_INPUT = 0x4;
    public static final int PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT = 0x8;
    public static final int PA_SUBSCRIPTION_EVENT_FACILITY_MASK = 0xf;
    public static final int PA_SUBSCRIPTION_EVENT_SINK_INPUT = 2;
    public static final int PA_SUBSCRIPTION_EVENT_SOURCE_OUTPUT = 3;

    static {
        Native.register(LibPulse.class, LIBRARY);
    }

    private LibPulse() {}

    /** {@code pa_sink_info_cb_t}, {@code pa_source_info_cb_t}, {@code pa_sink_input_info_cb_t} and the like. */
    public interface DeviceInfoCallback extends Callback {
        void invoke(long c, long i, int eol, long userdata);
    }

    /** {@code pa_context_subscribe_cb_t}. */
    public interface SubscribeCallback extends Callback {
        void invoke(long c, int t, int idx, long userdata);
    }

    /** {@code pa_context_success_cb_t}. */
    public interface SuccessCallback extends Callback {
        void invoke(long c, int success, long userdata);
    }

    /** {@code pa_server_info_cb_t}. */
    public interface ServerInfoCallback extends Callback {
        void invoke(long c, long i, long userdata);
    }

    public static native long pa_mainloop_new();

    public static native void pa_mainloop_free(long m);

    public static native long pa_mainloop_get_api(long m);

    /** The time-out is in microseconds; -1: none. */
    public static native int pa_mainloop_prepare(long m, int timeout);

    public static native int pa_mainloop_poll(long m);

    public static native int pa_mainloop_dispatch(long m);

    public static native void pa_mainloop_wakeup(long m);

    public static native long pa_context_new_with_proplist(long mainloop, byte[] name, long proplist);

    public static native void pa_context_unref(long c);

    public static native int pa_context_connect(long c, byte @Nullable [] server, int flags, long api);

    public static native void pa_context_disconnect(long c);

    public static native int pa_context_get_state(long c);

    public static native int pa_context_errno(long c);

    public static native @Nullable String pa_context_get_server(long c);

    public static native long pa_context_get_sink_info_list(long c, DeviceInfoCallback cb, long userdata);

    public static native long pa_context_get_source_info_list(long c, DeviceInfoCallback cb, long userdata);

    public static native long pa_context_get_server_info(long c, ServerInfoCallback cb, long userdata);

    public static native long pa_context_get_sink_info_by_name(
            long c, byte[] name, DeviceInfoCallback cb, long userdata);

    public static native long pa_context_get_source_info_by_name(
            long c, byte[] name, DeviceInfoCallback cb, long userdata);

    public static native long pa_context_set_sink_input_volume(long c, int idx, long volume, long cb, long userdata);

    public static native long pa_context_set_sink_input_mute(long c, int idx, int mute, long cb, long userdata);

    public static native long pa_context_get_sink_input_info(long c, int idx, DeviceInfoCallback cb, long userdata);

    public static native long pa_context_set_source_output_volume(long c, int idx, long volume, long cb, long userdata);

    public static native long pa_context_set_source_output_mute(long c, int idx, int mute, long cb, long userdata);

    public static native long pa_context_get_source_output_info(long c, int idx, DeviceInfoCallback cb, long userdata);

    public static native long pa_context_move_source_output_by_name(
            long c, int idx, byte[] source_name, SuccessCallback cb, long userdata);

    public static native void pa_context_set_subscribe_callback(long c, SubscribeCallback cb, long userdata);

    public static native long pa_context_subscribe(long c, int m, long cb, long userdata);

    public static native int pa_stream_get_index(long s);

    public static native long pa_stream_new_with_proplist(long c, byte[] name, long ss, long map, long p);

    public static native void pa_stream_unref(long s);

    public static native int pa_stream_connect_playback(
            long s, byte @Nullable [] dev, long attr, int flags, long volume, long sync_stream);

    public static native int pa_stream_connect_record(long s, byte @Nullable [] dev, long attr, int flags);

    public static native int pa_stream_disconnect(long s);

    public static native int pa_stream_get_state(long s);

    public static native int pa_stream_get_device_index(long s);

    public static native @Nullable String pa_stream_get_device_name(long s);

    public static native int pa_stream_is_suspended(long s);

    public static native long pa_stream_get_underflow_index(long s);

    public static native long pa_stream_get_buffer_attr(long s);

    public static native long pa_stream_update_timing_info(long s, long cb, long userdata);

    public static native long pa_stream_get_timing_info(long s);

    public static native long pa_stream_cork(long s, int b, long cb, long userdata);

    public static native int pa_stream_write(long s, long data, long nbytes, long free_cb, long offset, int seek);

    public static native int pa_stream_peek(long s, long data, long nbytes);

    public static native int pa_stream_drop(long s);

    public static native int pa_operation_get_state(long o);

    public static native void pa_operation_cancel(long o);

    public static native void pa_operation_unref(long o);

    public static native long pa_proplist_new();

    public static native void pa_proplist_free(long p);

    public static native int pa_proplist_sets(long p, byte[] key, byte[] value);

    public static native int pa_sample_spec_valid(long spec);

    public static native long pa_frame_size(long spec);

    public static native int pa_channel_map_valid(long map);

    public static native long pa_gettimeofday(long tv);

    public static native @Nullable String pa_strerror(int error);

    public static native @Nullable String pa_get_library_version();
}
