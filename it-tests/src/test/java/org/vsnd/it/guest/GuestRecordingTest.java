// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceBlobs;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.replay.Replay;
import org.vsnd.trace.replay.ReplayResult;

/** A real guest, recorded by {@code vsnd serve --record} while it plays and records. */
@Tag("guest")
class GuestRecordingTest {
    private static final SoundFormat FORMAT = SoundFormat.S16_STEREO_48K;
    private static final int XFER_BYTES = 4;

    @TempDir
    Path folder;

    @Test
    @DisplayName("the recording has every frame that aplay played, and replays what arecord and both at once did")
    void aRealGuestIsRecordedAndReplayed() throws Exception {
        Path socket = folder.resolve("s");
        Path in = Files.write(folder.resolve("in.wav"), FramePattern.wav(FORMAT, 30 * 48_000));
        Path file = folder.resolve("debian.jsonl");
        try (ServeProcess serve = ServeProcess.start(
                folder,
                "--socket",
                socket.toString(),
                "--backend",
                "wav:" + folder.resolve("out.wav") + ",in=" + in,
                "--record",
                file.toString(),
                "--record-data")) {
            try (Guest guest = GuestBed.boot(GuestBed.get()
                    .machine(folder)
                    .arguments(
                            "-device",
                            GuestBed.card("sound", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                    .toString()))) {
                guest.play(Guest.ON_ROOT, "/" + FORMAT.fileName());
                int card = guest.card(Guest.ON_ROOT);
                guest.run("arecord -q -D hw:" + card + ",0 -f S16_LE -c 2 -r 48000 -d 1 /tmp/recorded");
                List<JsonObject> both = guest.probe("-c " + card + " -P -C -s 2 -p 480 -b 1920");
                assertThat(both).hasSize(2);
            }
            serve.signal("TERM");
            serve.awaitEnd();
        }

        Trace trace = TraceReader.read(file);
        assertThat(trace.steps())
                .noneMatch(step -> step instanceof TraceStep.Lost || step instanceof TraceStep.Unknown);
        assertThat(Arrays.copyOf(played(trace), GuestBed.SHORT_FRAMES * FORMAT.frameBytes()))
                .isEqualTo(FramePattern.frames(FORMAT, GuestBed.SHORT_FRAMES));
        ReplayResult replayed = Replay.run(trace, new VirtioSoundPlugin()::create);
        System.out.println("recorded from Debian and replayed: " + replayed.counts() + " " + replayed.differences());
        assertThat(replayed.failures()).isEmpty();
        assertThat(replayed.counts().inventedBuffers()).isZero();
        assertThat(replayed.counts().soundFrames())
                .as("frames of aplay and pcmprobe")
                .isGreaterThanOrEqualTo(GuestBed.SHORT_FRAMES + 2 * 48_000L);
        assertThat(replayed.counts().recordedFrames())
                .as("frames of arecord and pcmprobe")
                .isGreaterThanOrEqualTo(3 * 48_000L);
    }

    private static byte[] played(Trace trace) throws TraceException {
        TraceBlobs blobs = new TraceBlobs(trace);
        ByteArrayOutputStream played = new ByteArrayOutputStream();
        for (TraceStep step : trace.steps()) {
            if (step instanceof TraceStep.Avail avail && avail.queue() == SndWire.TX_QUEUE) {
                ByteArrayOutputStream readable = new ByteArrayOutputStream();
                for (TraceDescriptor descriptor : avail.chain()) {
                    if (!descriptor.isWritable()) {
                        readable.writeBytes(blobs.bytes(descriptor).orElseThrow());
                    }
                }
                played.write(readable.toByteArray(), XFER_BYTES, readable.size() - XFER_BYTES);
            }
        }
        return played.toByteArray();
    }

    @Test
    void aKilledProcessLeavesATraceThatCanBeRead() throws Exception {
        Path socket = folder.resolve("s");
        Path file = folder.resolve("killed.jsonl");
        try (ServeProcess serve = ServeProcess.start(
                        folder, "--socket", socket.toString(), "--backend", "null", "--record", file.toString());
                ClientMemory memory = new ClientMemory(32 << 20);
                VfioUserBus bus = VfioUserBus.connect(socket, Personality.QEMU, memory)) {
            PeriodStream stream = new PeriodStream(
                    SoundDriver.start(bus, DriverStyle.LINUX), 0, true, StreamSetup.s16At48k(480, 1920));
            stream.start();
            stream.runUntil(200, 10_000_000_000L);
            serve.signal("KILL");
            serve.awaitEnd();
        }
        assertThat(Files.readString(file)).endsWith("\n");
        assertThat(TraceReader.read(file).steps().stream().filter(TraceStep.Used.class::isInstance))
                .as("all but what happened in the last moment")
                .hasSizeGreaterThan(90);
    }
}
