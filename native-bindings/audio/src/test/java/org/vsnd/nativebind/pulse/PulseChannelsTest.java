// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.ChannelPosition.FC;
import static org.vsnd.audio.ChannelPosition.FL;
import static org.vsnd.audio.ChannelPosition.FR;
import static org.vsnd.audio.ChannelPosition.LFE;
import static org.vsnd.audio.ChannelPosition.RL;
import static org.vsnd.audio.ChannelPosition.RR;
import static org.vsnd.audio.ChannelPosition.SL;
import static org.vsnd.audio.ChannelPosition.SR;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/** Each channel has samples of its own, so that one in the wrong place, or mixed into another, is seen. */
@DisplayName("Eight channels at PulseAudio")
class PulseChannelsTest {
    private static final int CHANNELS = 8;
    private static final int FRAMES = 9600;
    private static final int FRAME_BYTES = 2 * CHANNELS;

    /** The server's loudspeakers, in an order that is not the guest's. */
    private static final List<ChannelPosition> SINK = List.of(FL, FR, FC, LFE, RL, RR, SL, SR);

    private static final String MODULE = "module-null-sink sink_name=cap rate=48000 channels=8 format=s16le norewinds=1"
            + " channel_map=front-left,front-right,front-center,lfe,rear-left,rear-right,side-left,side-right";

    private static PcmParams params(List<ChannelPosition> positions) {
        return new PcmParams(PcmFormat.S16, 48_000, CHANNELS, 9600).at(positions);
    }

    /** A frame in which each channel has the number of its place. */
    private static List<Integer> frame(List<ChannelPosition> positions) {
        return positions.stream().map(position -> 1000 * position.number()).toList();
    }

    private static ByteBuffer frames(List<ChannelPosition> positions) {
        ByteBuffer frames = ByteBuffer.allocate(FRAMES * FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (frames.hasRemaining()) {
            frame(positions).forEach(sample -> frames.putShort((short) (int) sample));
        }
        return frames.flip();
    }

    /** Distinct frames that are not silence, in their order. */
    private static List<List<Integer>> distinct(byte[] bytes) {
        ByteBuffer frames = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<List<Integer>> distinct = new ArrayList<>();
        while (frames.remaining() >= FRAME_BYTES) {
            List<Integer> frame = new ArrayList<>();
            for (int i = 0; i < CHANNELS; i++) {
                frame.add((int) frames.getShort());
            }
            boolean silent = frame.stream().allMatch(sample -> sample == 0);
            if (!silent
                    && (distinct.isEmpty() || !distinct.get(distinct.size() - 1).equals(frame))) {
                distinct.add(frame);
            }
        }
        return distinct;
    }

    private static byte[] contents(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sinkInputs(TestServer server) {
        try {
            return server.pactl("list", "short", "sink-inputs");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("are heard from the loudspeakers that the guest's map names")
    void areHeardWhereTheMapSays() throws Exception {
        try (TestServer server = TestServer.start(MODULE);
                PulseBackend backend = PulseBackend.open("cap", server.address())) {
            for (List<ChannelPosition> positions :
                    List.of(ChannelPosition.usual(CHANNELS), List.of(SR, SL, RR, RL, LFE, FC, FR, FL), SINK)) {
                Path heard = server.folder().resolve("heard.raw");
                Process parec = server.run(
                        "heard.raw",
                        List.of(
                                "parec",
                                "--latency-msec=20",
                                "-d",
                                "cap.monitor",
                                "--format=s16le",
                                "--rate=48000",
                                "--channels=8",
                                "--no-remix",
                                "--no-remap",
                                "--raw"));
                Device.await("parec to record", () -> contents(heard).length > 0);
                AudioSink sink = backend.openSink(params(positions), "output 0");
                sink.start();
                Device.awaitReport(sink, PositionReports.Kind.POSITION);
                sink.write(frames(positions));
                sink.drain();
                sink.close();
                Device.await("it to be heard", () -> !distinct(contents(heard)).isEmpty());
                assertThat(distinct(contents(heard))).containsExactly(frame(SINK));
                parec.destroyForcibly().onExit().join();
                Device.await("an end", () -> sinkInputs(server).isBlank());
            }
        }
    }

    @Test
    @DisplayName("are recorded in the guest's order")
    void areRecordedInTheGuestsOrder() throws Exception {
        List<ChannelPosition> usual = ChannelPosition.usual(CHANNELS);
        try (TestServer server = TestServer.start(MODULE);
                PulseBackend backend = PulseBackend.open("cap,cap.monitor", server.address())) {
            AudioSource source = backend.openSource(params(List.of()), "input 0");
            source.start();
            AudioSink sink = backend.openSink(params(SINK), "output 0");
            sink.start();
            Device.awaitReport(sink, PositionReports.Kind.POSITION);
            sink.write(frames(SINK));
            ByteBuffer recorded = ByteBuffer.allocate(480 * FRAME_BYTES);
            long[] due = new long[1];
            Device.await("it to be recorded", () -> {
                due[0] += 480;
                source.read(recorded.clear(), due[0]);
                return distinct(Arrays.copyOf(recorded.array(), recorded.position()))
                        .contains(frame(usual));
            });
            source.close();
            sink.close();
        }
    }

    @Test
    @DisplayName("that PulseAudio has no name for are auxiliary; a format that it lacks is refused")
    void unknownPlacesAreAuxiliary() throws Exception {
        PcmParams odd = new PcmParams(PcmFormat.S16, 48_000, 3, 9600)
                .at(List.of(ChannelPosition.BC, ChannelPosition.FL, ChannelPosition.NONE));
        StreamLayout layout = StreamLayout.of(odd);
        assertThat(layout).isNotNull();
        Pointer map = new Pointer(layout.map());
        assertThat(map.getIntArray(4, 3)).containsExactly(12, 1, 13);
        try (TestServer server = TestServer.start(MODULE);
                PulseBackend backend = PulseBackend.open("cap", server.address())) {
            assertThat(backend.playbackRefusal(PcmFormat.U18_3, 5512, 18)).isEmpty();
            assertThat(backend.playbackRefusal(PcmFormat.S16, 384_000, 8)).isEmpty();
            assertThat(backend.captureRefusal(PcmFormat.DSD_U8, 48_000, 2))
                    .hasValueSatisfying(why -> assertThat(why).contains("DSD_U8", "offer the guest other formats"));
        }
    }
}
