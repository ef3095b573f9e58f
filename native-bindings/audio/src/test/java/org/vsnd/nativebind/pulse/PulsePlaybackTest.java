// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

class PulsePlaybackTest {
    private static final byte[] PATTERN = Pattern.frames(48_000);
    private static final int PATTERN_FRAMES = PATTERN.length / Pattern.FRAME_BYTES;

    private TestServer server;
    private PulseBackend backend;
    private MonitorRecorder recorder;

    @BeforeEach
    void startServerAndRecorder() throws Exception {
        server = TestServer.start(TestServer.NULL_SINK);
        recorder = new MonitorRecorder(server, "cap");
        backend = PulseBackend.open("cap", server.address());
    }

    @AfterEach
    void stopAll() throws Exception {
        backend.close();
        recorder.close();
        server.close();
    }

    @Test
    void everyFrameIsHeardOnceAndInOrderUpToTheLast() {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        sink.write(ByteBuffer.wrap(PATTERN));
        sink.drain();
        sink.close();

        assertHeard(PATTERN);
    }

    @Test
    void aPauseKeepsEveryFrameThatWasHandedOver() {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        sink.write(ByteBuffer.wrap(PATTERN));
        Device.await("the beginning", () -> Pattern.find(recorder.heard(), PATTERN) >= 0);
        sink.pause();
        Device.await("the server to stop", () -> pactl("list", "sink-inputs").contains("Corked: yes"));
        byte[] silence = new byte[Pattern.KEY_BYTES];
        Device.await("silence", () -> {
            byte[] heard = recorder.heard();
            return Arrays.equals(silence, Arrays.copyOfRange(heard, heard.length - silence.length, heard.length));
        });
        sink.start();
        sink.drain();
        sink.close();

        Device.await("the end", () -> endsWith(PATTERN));
        byte[] heard = recorder.heard();
        int at = Pattern.find(heard, PATTERN);
        int before = Pattern.same(heard, at, PATTERN);
        byte[] rest = Arrays.copyOfRange(PATTERN, before * Pattern.FRAME_BYTES, PATTERN.length);
        int again = Pattern.find(heard, rest);
        assertThat(before).isLessThan(PATTERN_FRAMES);
        assertThat(again).isGreaterThan(at + before);
        assertThat(Pattern.same(heard, again, rest)).isEqualTo(PATTERN_FRAMES - before);
    }

    @Test
    void formatsTheServerLacksAreCarriedByWiderOnes() {
        PcmParams wide = new PcmParams(PcmFormat.FLOAT64, 48_000, 2, 9_600);
        AudioSink sink = backend.openSink(wide, "output 0");
        ByteBuffer frames =
                ByteBuffer.allocate(PATTERN_FRAMES / 4 * wide.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer samples = ByteBuffer.wrap(PATTERN).order(ByteOrder.LITTLE_ENDIAN);
        while (frames.hasRemaining()) {
            frames.putDouble(samples.getShort() / 32_768.0);
        }
        sink.start();
        Device.awaitReport(sink, PositionReports.Kind.POSITION);
        sink.write(frames.flip());
        sink.drain();
        sink.close();

        assertHeard(Arrays.copyOf(PATTERN, PATTERN.length / 4));
    }

    @Test
    void aReleasedStreamIsTakenOverByTheNextOneLikeIt() {
        AudioSink first = backend.openSink(Device.PARAMS, "output 0");
        first.start();
        Device.play(first, PATTERN, 0, PATTERN_FRAMES / 4);
        first.drain();
        String before = pactl("list", "short", "sink-inputs");
        first.close();
        AudioSink second = backend.openSink(Device.PARAMS, "output 0");
        second.start();
        Device.play(second, PATTERN, PATTERN_FRAMES / 2, PATTERN_FRAMES / 4);
        String after = pactl("list", "short", "sink-inputs");

        assertThat(before).isNotBlank();
        assertThat(after).isEqualTo(before);
    }

    @Test
    void whatIsLeftOfAReleasedStreamPlaysOutBesideTheNextOne() {
        AudioSink first = backend.openSink(Device.PARAMS, "output 0");
        first.start();
        Device.awaitReport(first, PositionReports.Kind.POSITION);
        first.write(ByteBuffer.wrap(PATTERN));
        first.drain();
        first.close();
        AudioSink second = backend.openSink(Device.PARAMS, "output 0");
        Device.await("two streams", () -> streams() == 2);

        assertThat(second.heldFrames()).isZero();
        assertHeard(PATTERN);
    }

    @Test
    void noMoreThanThreeStreamsPlayOutBesideTheOneInUse() {
        int most = 0;
        for (int i = 0; i < 8; i++) {
            AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
            sink.start();
            Device.awaitReport(sink, PositionReports.Kind.POSITION);
            sink.write(ByteBuffer.wrap(PATTERN));
            sink.close();
            most = Math.max(most, streams());
        }

        assertThat(most).isBetween(2, 4);
    }

    @Test
    void aGuestThatOpensAndClosesInAStormTakesNoMoreThanItsShareOfTheServer() {
        AudioSink other = backend.openSink(Device.PARAMS, "output 1");
        other.start();
        for (int i = 0; i < 400; i++) {
            PcmParams unlike = new PcmParams(PcmFormat.S16, 48_000, 2, 960 + i);
            backend.openSink(unlike, "output 0").close();
            if (i % 50 == 0) {
                assertThat(streams()).as("some are just being made, or ended").isLessThan(100);
            }
        }
        assertThat(streams()).isLessThan(100);
        Device.awaitReport(other, PositionReports.Kind.POSITION);
        Device.await("those of the storm to end", () -> streams() == 1);
    }

    private int streams() {
        return (int) pactl("list", "short", "sink-inputs").lines().count();
    }

    @Test
    void theServerShowsWhoPlaysWhat() {
        AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
        sink.start();
        Device.await("the stream", () -> pactl("list", "sink-inputs").contains("output 0"));

        assertThat(pactl("list", "sink-inputs"))
                .contains(
                        "application.name = \"vsnd\"",
                        "media.name = \"output 0\"",
                        "media.role = \"production\"",
                        "application.icon_name");
    }

    private void assertHeard(byte[] wanted) {
        Device.await("the end", () -> endsWith(wanted));
        byte[] heard = recorder.heard();
        int at = Pattern.find(heard, wanted);
        assertThat(at).isNotNegative();
        assertThat(Pattern.same(heard, at, wanted)).isEqualTo(wanted.length / Pattern.FRAME_BYTES);
    }

    private boolean endsWith(byte[] wanted) {
        byte[] end = Arrays.copyOfRange(wanted, wanted.length - Pattern.KEY_BYTES, wanted.length);
        return Pattern.find(recorder.heard(), end) >= 0;
    }

    private String pactl(String... arguments) {
        try {
            return server.pactl(arguments);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
