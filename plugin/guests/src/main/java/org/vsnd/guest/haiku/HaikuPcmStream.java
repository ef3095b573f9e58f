// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.SndWire;

/** What the driver keeps of one PCM stream, and the requests it sends for it. State errors are refused without a word. */
final class HaikuPcmStream {
    static final int FRAMES_PER_BUFFER = 16_384;
    static final int BUFFERS = 2;

    /** As the driver believes the stream to be; a fresh one counts as one whose parameters are set. */
    enum State {
        SET_PARAMETERS,
        PREPARE,
        RELEASE,
        START,
        STOP
    }

    final int id;
    final int nid;
    final boolean isOutput;
    final long formats;
    final long rates;
    final int channelsMin;
    final int channelsMax;
    int channels = 2;

    @Nullable
    SampleFormat format;

    int rateHz;
    int periodBytes;
    State state = State.SET_PARAMETERS;

    int bufferCycle;
    long realTimeMicros;
    long realTimeNanos;
    long framesCount;

    @Nullable
    Area transfers;

    private final HaikuControlQueue control;

    HaikuPcmStream(
            HaikuControlQueue control, int id, int nid, boolean isOutput, long formats, long rates, int min, int max) {
        this.control = control;
        this.id = id;
        this.nid = nid;
        this.isOutput = isOutput;
        this.formats = formats;
        this.rates = rates;
        channelsMin = min;
        channelsMax = max;
    }

    private boolean isIdle() {
        return state == State.SET_PARAMETERS || state == State.PREPARE || state == State.RELEASE;
    }

    private boolean become(State wanted, boolean agreed) {
        if (agreed) {
            state = wanted;
        }
        return agreed;
    }

    /** Buffer and period are one and the same. */
    boolean setParams(SampleFormat wanted) {
        int code = channels | wanted.code() << 8 | SampleRates.code(rateHz) << 16;
        return isIdle()
                && become(
                        State.SET_PARAMETERS,
                        control.request(SndWire.R_PCM_SET_PARAMS, id, periodBytes, periodBytes, 0, code));
    }

    boolean prepare() {
        return isIdle() && become(State.PREPARE, control.request(SndWire.R_PCM_PREPARE, id));
    }

    boolean start() {
        return (state == State.PREPARE || state == State.STOP)
                && become(State.START, control.request(SndWire.R_PCM_START, id));
    }

    boolean stop() {
        return state == State.START && become(State.STOP, control.request(SndWire.R_PCM_STOP, id));
    }

    boolean release() {
        return (state == State.PREPARE || state == State.STOP)
                && become(State.RELEASE, control.request(SndWire.R_PCM_RELEASE, id));
    }
}
