// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import org.vsnd.audio.PcmParams;
import org.vsnd.nativebind.libc.NativeBuffer;

/** Hardware and software parameters: asks for exactly this format, rate and channel count, and for sizes nearby. */
final class PcmConfig {
    private static final int PERIODS_PER_TARGET = 4;
    private static final long MIN_PERIOD_FRAMES = 32;
    private static final int BUFFER_TARGETS = 4;
    private static final int MIN_BUFFERS_PER_SECOND = 4;

    private final long pcm;
    private final NativeBuffer hw = new NativeBuffer(Math.toIntExact(LibAsound.snd_pcm_hw_params_sizeof()));
    private final NativeBuffer sw = new NativeBuffer(Math.toIntExact(LibAsound.snd_pcm_sw_params_sizeof()));
    private final NativeBuffer value = new NativeBuffer(Long.BYTES);
    private final NativeBuffer direction = new NativeBuffer(Integer.BYTES);

    private long boundaryFrames;

    PcmConfig(long pcm) {
        this.pcm = pcm;
    }

    /**
     * Restricts the PCM to the stream's parameters.
     *
     * @throws AlsaException if it does not support exactly these; the message says which
     */
    void choose(PcmParams params) throws AlsaException {
        check("use the PCM", LibAsound.snd_pcm_hw_params_any(pcm, hw.address()));
        // a rate that the hardware lacks is converted by the plug layer, never played at another pitch
        LibAsound.snd_pcm_hw_params_set_rate_resample(pcm, hw.address(), 1);
        check(
                "transfer interleaved frames",
                LibAsound.snd_pcm_hw_params_set_access(pcm, hw.address(), LibAsound.SND_PCM_ACCESS_RW_INTERLEAVED));
        check(
                "the format " + params.format(),
                LibAsound.snd_pcm_hw_params_set_format(pcm, hw.address(), AlsaFormat.of(params.format())));
        check(
                params.channels() + " channels",
                LibAsound.snd_pcm_hw_params_set_channels(pcm, hw.address(), params.channels()));
        check(params.rateHz() + " Hz", LibAsound.snd_pcm_hw_params_set_rate(pcm, hw.address(), params.rateHz(), 0));
    }

    /** After {@link #choose}: takes sizes near the target latency and makes the PCM ready. */
    PcmGrant apply(PcmParams params) throws AlsaException {
        long periodFrames = Math.max(MIN_PERIOD_FRAMES, params.targetFrames() / PERIODS_PER_TARGET);
        long bufferFrames = Math.max(BUFFER_TARGETS * params.targetFrames(), params.rateHz() / MIN_BUFFERS_PER_SECOND);
        value.bytes().putLong(0, periodFrames);
        direction.bytes().putInt(0, 0);
        check(
                "a period of " + periodFrames + " frames",
                LibAsound.snd_pcm_hw_params_set_period_size_near(
                        pcm, hw.address(), value.address(), direction.address()));
        value.bytes().putLong(0, bufferFrames);
        check(
                "a buffer of " + bufferFrames + " frames",
                LibAsound.snd_pcm_hw_params_set_buffer_size_near(pcm, hw.address(), value.address()));
        check("set the hardware up", LibAsound.snd_pcm_hw_params(pcm, hw.address()));
        check(
                "ask for the period",
                LibAsound.snd_pcm_hw_params_get_period_size(hw.address(), value.address(), direction.address()));
        long grantedPeriodFrames = value.bytes().getLong(0);
        check("ask for the buffer", LibAsound.snd_pcm_hw_params_get_buffer_size(hw.address(), value.address()));
        long grantedBufferFrames = value.bytes().getLong(0);
        applySoftware(grantedPeriodFrames, grantedBufferFrames);
        boolean canPause = LibAsound.snd_pcm_hw_params_can_pause(hw.address()) == 1;
        return new PcmGrant(grantedPeriodFrames, grantedBufferFrames, canPause);
    }

    private void applySoftware(long periodFrames, long bufferFrames) throws AlsaException {
        check("ask for software parameters", LibAsound.snd_pcm_sw_params_current(pcm, sw.address()));
        check("ask for the boundary", LibAsound.snd_pcm_sw_params_get_boundary(sw.address(), value.address()));
        boundaryFrames = value.bytes().getLong(0);
        check("set the stop", LibAsound.snd_pcm_sw_params_set_stop_threshold(pcm, sw.address(), bufferFrames));
        check("set the wake-up", LibAsound.snd_pcm_sw_params_set_avail_min(pcm, sw.address(), periodFrames));
        // without these the time of a position is the time of the request
        LibAsound.snd_pcm_sw_params_set_tstamp_mode(pcm, sw.address(), LibAsound.SND_PCM_TSTAMP_ENABLE);
        LibAsound.snd_pcm_sw_params_set_tstamp_type(pcm, sw.address(), LibAsound.SND_PCM_TSTAMP_TYPE_MONOTONIC);
        check("set software parameters", LibAsound.snd_pcm_sw_params(pcm, sw.address()));
    }

    /**
     * Makes it ready, empty, to start when told to. May wait for a server. Returns a negative error number if
     * it cannot.
     */
    int prepare() {
        // the pulse plugin uses the current threshold for the amount that its server waits for after each under-run
        int error = setStartThreshold(1);
        if (error == 0) {
            error = LibAsound.snd_pcm_prepare(pcm);
        }
        return error < 0 ? error : setStartThreshold(boundaryFrames);
    }

    private int setStartThreshold(long frames) {
        LibAsound.snd_pcm_sw_params_set_start_threshold(pcm, sw.address(), frames);
        return LibAsound.snd_pcm_sw_params(pcm, sw.address());
    }

    private static void check(String what, int result) throws AlsaException {
        if (result < 0) {
            throw new AlsaException(what, result);
        }
    }
}
