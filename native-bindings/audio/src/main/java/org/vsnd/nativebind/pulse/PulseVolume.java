// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostVolume;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * The volume of one stream at the server: sets it as the device wants, and reports when somebody else has set it. PulseAudio's
 * volumes are the cube roots of factors. Main loop's thread only; allocates only when a volume changes.
 */
final class PulseVolume {
    /** {@code PA_VOLUME_NORM}: the samples as they are. */
    private static final int NORM = 0x10000;

    // struct pa_cvolume
    private static final int CHANNELS = 0; // u8
    private static final int VALUES = 4; // u32[]
    private static final int CVOLUME_LENGTH = VALUES + Integer.BYTES * LibPulse.PA_CHANNELS_MAX;

    // struct pa_sink_input_info and pa_source_output_info
    private static final int SINK_INPUT_VOLUME = 172;
    private static final int SINK_INPUT_MUTE = 336; // int
    private static final int SOURCE_OUTPUT_VOLUME = 220;
    private static final int SOURCE_OUTPUT_MUTE = 352; // int

    private final PulseConnection connection;
    private final boolean capture;
    private final int channels;
    private final NativeBuffer cvolume = new NativeBuffer(CVOLUME_LENGTH);
    private final LibPulse.DeviceInfoCallback told = this::told;

    private int index = LibPulse.PA_INVALID_INDEX;
    private HostVolume.@Nullable Level set; // the last that was wanted and set, also in an earlier stream
    private HostVolume.@Nullable Level known; // set last, by whomever
    private HostVolume.@Nullable Level heard;
    private long sets;
    private boolean isNew; // the server's stream has had nothing set
    private boolean stale;
    private long question;
    private long questionSets;

    PulseVolume(PulseConnection connection, boolean capture, int channels) {
        this.connection = connection;
        this.capture = capture;
        this.channels = channels;
    }

    /** The server has made the stream, and calls it this. */
    void begin(int streamIndex) {
        end();
        index = streamIndex;
        isNew = true;
    }

    /** The stream is gone, or will be: nothing is asked or told any more. */
    void end() {
        if (question != 0) {
            LibPulse.pa_operation_cancel(question);
            LibPulse.pa_operation_unref(question);
            question = 0;
        }
        connection.unwatch(this);
        index = LibPulse.PA_INVALID_INDEX;
        stale = false;
    }

    /** A stream of this kind has changed at the server. */
    void changed(boolean captureStream, int changedIndex) {
        stale |= captureStream == capture && changedIndex == index;
    }

    /** Does what is due for a stream that the server has. */
    @SuppressWarnings("ReferenceEquality") // a level that is wanted again, after somebody set another, is a new one
    void step(HostVolume volume) {
        HostVolume.Level wanted = volume.wanted();
        HostVolume.Level before = known;
        if (isNew) {
            isNew = false;
            connection.watch(this);
            set(wanted == set && before != null ? before : wanted); // what somebody has set since is kept
            set = wanted;
        } else if (wanted != set) {
            set(wanted);
            set = wanted;
        }
        if (question != 0) {
            takeAnswer(volume);
        } else if (stale) {
            ask();
        }
    }

    private void set(HostVolume.Level wanted) {
        long context = connection.context();
        ByteBuffer bytes = cvolume.bytes();
        bytes.put(CHANNELS, (byte) channels);
        for (int channel = 0; channel < channels; channel++) {
            int value = (int) Math.rint(Math.cbrt(wanted.gain(channel, channels)) * NORM);
            bytes.putInt(VALUES + channel * Integer.BYTES, value);
        }
        long at = cvolume.address();
        int muted = wanted.muted() ? 1 : 0;
        if (capture) {
            forget(LibPulse.pa_context_set_source_output_volume(context, index, at, 0, 0));
            forget(LibPulse.pa_context_set_source_output_mute(context, index, muted, 0, 0));
        } else {
            forget(LibPulse.pa_context_set_sink_input_volume(context, index, at, 0, 0));
            forget(LibPulse.pa_context_set_sink_input_mute(context, index, muted, 0, 0));
        }
        known = wanted;
        sets++;
    }

    private static void forget(long operation) {
        if (operation != 0) {
            LibPulse.pa_operation_unref(operation);
        }
    }

    private void ask() {
        stale = false;
        heard = null;
        questionSets = sets;
        long context = connection.context();
        question = capture
                ? LibPulse.pa_context_get_source_output_info(context, index, told, 0)
                : LibPulse.pa_context_get_sink_input_info(context, index, told, 0);
    }

    private void told(long c, long info, int eol, long userdata) {
        if (eol != 0 || info == 0) {
            return;
        }
        Pointer struct = new Pointer(info);
        int at = capture ? SOURCE_OUTPUT_VOLUME : SINK_INPUT_VOLUME;
        List<Double> gains = new ArrayList<>();
        int count = Math.min(struct.getByte(at + CHANNELS) & 0xff, channels);
        for (int channel = 0; channel < count; channel++) {
            long value = Integer.toUnsignedLong(struct.getInt(at + VALUES + channel * (long) Integer.BYTES));
            gains.add(Math.min(1, Math.pow(value / (double) NORM, 3)));
        }
        heard = new HostVolume.Level(gains, struct.getInt(capture ? SOURCE_OUTPUT_MUTE : SINK_INPUT_MUTE) != 0);
    }

    private void takeAnswer(HostVolume volume) {
        if (LibPulse.pa_operation_get_state(question) == LibPulse.PA_OPERATION_RUNNING) {
            return;
        }
        LibPulse.pa_operation_unref(question);
        question = 0;
        HostVolume.Level now = heard;
        if (questionSets != sets) {
            stale = true; // it was answered before the server had what we have set since
        } else if (now != null && !isKnown(now)) {
            known = now;
            volume.report(now);
        }
    }

    private boolean isKnown(HostVolume.Level now) {
        HostVolume.Level before = known;
        if (before == null || before.muted() != now.muted()) {
            return false;
        }
        for (int channel = 0; channel < channels; channel++) {
            double difference = Math.cbrt(before.gain(channel, channels)) - Math.cbrt(now.gain(channel, channels));
            if (Math.abs(difference) * NORM >= 1) {
                return false;
            }
        }
        return true;
    }
}
