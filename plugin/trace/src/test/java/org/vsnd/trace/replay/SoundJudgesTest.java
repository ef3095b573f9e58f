// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.tape.TapeBackend;
import org.vsnd.trace.tape.TapeSource;

@DisplayName("What is heard and recorded")
class SoundJudgesTest {
    private static final int RATE_HZ = 48000;
    private static final int FRAME_BYTES = 4;
    private static final int PERIOD_BYTES = 48000; // a quarter of a second
    private static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, 960);

    private final Findings findings = new Findings();
    private final TapeBackend tape = new TapeBackend();
    private long sentBytes;

    private static StreamShadow stream(int id) {
        StreamShadow stream = new StreamShadow(id, new StreamMap(List.of(true, false)));
        byte[] params = new byte[24];
        ByteBuffer.wrap(params)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(8, 2 * PERIOD_BYTES)
                .putInt(12, PERIOD_BYTES)
                .putInt(20, 2 | (SndWire.FMT_S16 << 8) | (SndWire.RATE_48000 << 16));
        stream.granted(SndWire.R_PCM_SET_PARAMS, exchange(SndWire.CONTROL_QUEUE, params, 0, 0));
        stream.granted(SndWire.R_PCM_PREPARE, exchange(SndWire.CONTROL_QUEUE, params, 0, 0));
        stream.granted(SndWire.R_PCM_START, exchange(SndWire.CONTROL_QUEUE, params, 0, 0));
        return stream;
    }

    private static ChainExchange exchange(int queue, byte[] request, int writableBytes, long sentNanos) {
        TraceStep.Avail avail = new TraceStep.Avail(0, "test", queue, 0, 0, 0, Optional.empty(), List.of());
        return new ChainExchange(7, avail, request, false, writableBytes, sentNanos);
    }

    private ChainExchange played(long nanos) {
        byte[] request = Arrays.copyOfRange(BytePattern.bytes(5, sentBytes - 4, PERIOD_BYTES + 4), 0, PERIOD_BYTES + 4);
        sentBytes += PERIOD_BYTES;
        ChainExchange exchange = exchange(SndWire.TX_QUEUE, request, SndWire.STATUS_BYTES, nanos);
        byte[] status = new byte[SndWire.STATUS_BYTES];
        ByteBuffer.wrap(status).order(ByteOrder.LITTLE_ENDIAN).putInt(SndWire.S_OK);
        exchange.back(SndWire.STATUS_BYTES, status, nanos, 1);
        return exchange;
    }

    private ChainExchange recorded(long place, long nanos) {
        byte[] reply = Arrays.copyOf(
                BytePattern.bytes(TapeSource.SEED, place, PERIOD_BYTES), PERIOD_BYTES + SndWire.STATUS_BYTES);
        ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).putInt(PERIOD_BYTES, SndWire.S_OK);
        ChainExchange exchange = exchange(SndWire.RX_QUEUE, new byte[4], reply.length, 0);
        exchange.back(reply.length, reply, nanos, 1);
        return exchange;
    }

    private List<String> failures() {
        return findings.failures().stream().map(Failure::toString).toList();
    }

    @Test
    @DisplayName("is refused when a card takes seconds of sound at once")
    void runsAway() {
        PlaybackJudge judge = new PlaybackJudge(stream(0), 4, tape, findings);
        tape.openSink(PARAMS, "output 0");
        judge.started(0);
        for (int i = 0; i < 9; i++) {
            ChainExchange exchange = played(1000);
            judge.sent(exchange);
            judge.back(exchange, 3);
        }
        assertThat(failures()).isEmpty();
        ChainExchange exchange = played(1000);
        judge.sent(exchange);
        judge.back(exchange, 3);
        assertThat(failures()).singleElement().asString().contains("takes sound faster than it plays");
    }

    @Test
    @DisplayName("is refused when nothing was opened, and yet messages are done")
    void nothingOpened() {
        PlaybackJudge judge = new PlaybackJudge(stream(0), 4, tape, findings);
        ChainExchange exchange = played(1000);
        judge.sent(exchange);
        judge.back(exchange, 3);
        judge.ended(4);
        assertThat(failures()).singleElement().asString().contains("no START");
    }

    @Test
    @DisplayName("may end in the middle of a message that RELEASE returned, and in none that it did not")
    void returnedMessages() {
        for (boolean cutShort : new boolean[] {true, false}) {
            PlaybackJudge judge = new PlaybackJudge(stream(0), 4, tape, findings);
            AudioSink sink = tape.openSink(PARAMS, "output 0");
            judge.started(0);
            List<ChainExchange> exchanges = new ArrayList<>(List.of(played(0), played(0)));
            exchanges.forEach(judge::sent);
            if (cutShort) {
                exchanges.get(1).cutShort();
            }
            exchanges.forEach(exchange -> judge.back(exchange, 3));
            sink.write(ByteBuffer.wrap(exchanges.get(0).request(), 4, PERIOD_BYTES));
            sink.write(ByteBuffer.wrap(exchanges.get(1).request(), 4, 400));
            judge.ended(4);
            assertThat(failures().isEmpty()).isEqualTo(cutShort);
        }
    }

    @Test
    @DisplayName("is refused when frames are recorded before they are there")
    void fromTheFuture() {
        CaptureJudge judge = new CaptureJudge(stream(1), tape, findings);
        tape.openSource(PARAMS, "input 0");
        judge.started(0);
        judge.back(recorded(0, 250_000_000), 3);
        assertThat(failures()).isEmpty();
        judge.back(recorded(PERIOD_BYTES, 400_000_000), 3);
        assertThat(failures()).singleElement().asString().contains("before they are captured");
    }

    @Test
    @DisplayName("may leave frames out for a guest that was away, and for no other")
    void leavesOut() {
        CaptureJudge judge = new CaptureJudge(stream(1), tape, findings);
        tape.openSource(PARAMS, "input 0");
        judge.started(0);
        long newest = 20 * FRAME_BYTES * RATE_HZ - PERIOD_BYTES;
        judge.back(recorded(newest, 20_000_000_000L), 3);
        assertThat(failures()).isEmpty();
        judge.back(recorded(newest + PERIOD_BYTES + 400, 20_252_500_000L), 3);
        assertThat(failures()).singleElement().asString().contains("frames of the message");
    }

    @Test
    @DisplayName("is refused when frames come without START")
    void recordsWithoutStart() {
        CaptureJudge judge = new CaptureJudge(stream(1), tape, findings);
        judge.back(recorded(0, 250_000_000), 3);
        assertThat(failures()).singleElement().asString().contains("no frames without START");
    }
}
