// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

/** Requests of a driver that looks at the used ring until it has its answer, and gives up on anything but OK. */
final class PolledRequests {
    /** A driver that never gives up hangs when so much time has gone by. */
    static final long FOR_EVER = 60_000_000_000L;

    private final ControlRoundTrip control;
    private final long patienceNanos;
    private final BooleanSupplier woken;

    /** @param patienceNanos how long the driver looks, or {@link #FOR_EVER} */
    PolledRequests(ControlRoundTrip control, long patienceNanos) {
        this(control, patienceNanos, () -> true);
    }

    /** @param woken what else must hold before the driver looks, such as an interrupt */
    PolledRequests(ControlRoundTrip control, long patienceNanos, BooleanSupplier woken) {
        this.control = control;
        this.patienceNanos = patienceNanos;
        this.woken = woken;
    }

    /** Bytes of the last answer. */
    byte[] reply(int offset, int length) {
        return control.reply(offset, length);
    }

    /** Sends a request and waits; the driver looks at the answer itself. */
    void answered(String what, byte[] request, int... reply) {
        if (!control.request(request, patienceNanos, woken, reply)) {
            throw new GuestTroubleException(patienceNanos >= FOR_EVER, what + " was not answered");
        }
    }

    /** Sends a request that must be answered OK. */
    void ok(String what, byte[] request, int... reply) {
        answered(what, request, reply);
        if (control.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(false, what + " was answered 0x" + Integer.toHexString(control.reply32(0)));
        }
    }

    /**
     * PCM_INFO of the first streams.
     *
     * @param reply lengths of the buffers for the answer
     */
    List<PcmInfo> pcmInfos(int count, int... reply) {
        ok("PCM_INFO", SoundDriver.words(SndWire.R_PCM_INFO, 0, count, SndWire.PCM_INFO_BYTES), reply);
        ByteBuffer bytes =
                ByteBuffer.wrap(reply(4, count * SndWire.PCM_INFO_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        return IntStream.range(0, count)
                .mapToObj(i -> PcmInfo.decode(bytes, i * SndWire.PCM_INFO_BYTES))
                .toList();
    }

    /** The first stream of a direction, -1 if there is none. */
    static int first(List<PcmInfo> infos, boolean output) {
        return IntStream.range(0, infos.size())
                .filter(i -> infos.get(i).isOutput() == output)
                .findFirst()
                .orElse(-1);
    }

    /** SET_PARAMS without features. */
    void setParams(int stream, StreamSetup setup) {
        setParams(stream, setup, 0);
    }

    void setParams(int stream, StreamSetup setup, int features) {
        ok("SET_PARAMS", SoundDriver.setParamsRequest(stream, setup, features), 4);
    }

    void prepare(int stream) {
        ok("PREPARE", SoundDriver.words(SndWire.R_PCM_PREPARE, stream), 4);
    }

    void start(int stream) {
        ok("START", SoundDriver.words(SndWire.R_PCM_START, stream), 4);
    }

    void stop(int stream) {
        ok("STOP", SoundDriver.words(SndWire.R_PCM_STOP, stream), 4);
    }

    void release(int stream) {
        ok("RELEASE", SoundDriver.words(SndWire.R_PCM_RELEASE, stream), 4);
    }
}
