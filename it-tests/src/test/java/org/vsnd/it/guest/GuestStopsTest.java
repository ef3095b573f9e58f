// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.it.server.AudioServer;
import org.vsnd.it.server.RealTime;
import org.vsnd.measure.Sample;

/**
 * A real guest whose QEMU is stopped again and again while it plays and records. {@code -Dvsnd.seconds=600 -Dvsnd.stops=20}
 * makes the long form: 600 seconds for each size of buffer, and 20 stops of each length for each backend and size.
 */
@Tag("guest")
class GuestStopsTest {
    private static final int SECONDS = Integer.getInteger("vsnd.seconds", 15);
    private static final int STOPS = Integer.getInteger("vsnd.stops", 1);
    private static final long SEED = Long.getLong("vsnd.seed", System.nanoTime());
    private static final int[] STOP_MILLIS = {60, 100, 300};
    private static final int BACK_MILLIS = 3000;
    /** 2 ms. */
    private static final long SLACK_FRAMES = 96;

    private static final int LOOKS = 5;
    private static final String NULL_SLOT = "0x13";
    private static final String NULL_ADDRESS = "0000:00:13.0";
    private static final List<HostServer> HOSTS = List.of(HostServer.PULSEAUDIO, HostServer.ALSA_PULSE);

    @TempDir
    static Path folder;

    private static final Map<HostServer, AudioServer> SERVERS = new EnumMap<>(HostServer.class);
    private static final List<ServeProcess> CARDS = new ArrayList<>();
    private static Guest guest;

    @BeforeAll
    static void boot() throws Exception {
        LinuxGuest.Builder machine = GuestBed.get().machine(folder);
        Path socket = folder.resolve("null");
        CARDS.add(ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "null"));
        machine.arguments(
                "-device", GuestBed.card("null", socket, "pcie.0", NULL_SLOT).toString());
        for (HostServer host : HOSTS) {
            Path own = Files.createDirectory(folder.resolve(host.name()));
            AudioServer server = host.start(own.resolve("server"));
            SERVERS.put(host, server);
            RealTime.raise(server);
            Path card = own.resolve("card");
            CARDS.add(ServeProcess.start(
                    own, host.environment(server), "--socket", card.toString(), "--backend", host.backend()));
            machine.arguments(
                    "-device",
                    GuestBed.card(host.name(), card, "pcie.0", host.slot()).toString());
        }
        guest = GuestBed.boot(machine);
    }

    @AfterAll
    static void end() {
        if (guest != null) {
            guest.close();
        }
        CARDS.forEach(ServeProcess::close);
        SERVERS.values().forEach(AudioServer::close);
    }

    @ParameterizedTest
    @CsvSource({"480, 1920", "1024, 4096"})
    @DisplayName("stopped at random for 20 to 300 ms, no stream stands still after the last stop")
    void noStreamStandsStill(int period, int buffer) throws Exception {
        Random random = new Random(SEED);
        int card = guest.card(NULL_ADDRESS);
        begin(card, period, buffer, SECONDS + 60);
        int stops = 0;
        long endNanos = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        while (System.nanoTime() < endNanos) {
            Thread.sleep(random.nextInt(500));
            stop(20 + random.nextInt(281));
            stops++;
        }
        Thread.sleep(BACK_MILLIS);

        long[] before = positions(card);
        Thread.sleep(1000);
        long[] after = positions(card);
        String probe = finish();
        System.out.printf("%d/%d: %d stops, seed %d: %s%n", period, buffer, stops, SEED, probe);

        assertThat(after[0]).as("where playback is; seed " + SEED).isNotEqualTo(before[0]);
        assertThat(after[1]).as("where capture is; seed " + SEED).isNotEqualTo(before[1]);
        assertThat(probe).as("streams that failed; seed " + SEED).doesNotContain("failed");
    }

    @ParameterizedTest
    @CsvSource({
        "null, 480, 1920", "null, 1024, 4096",
        "pulse, 480, 1920", "pulse, 1024, 4096",
        "alsa, 480, 1920", "alsa, 1024, 4096"
    })
    @DisplayName("three seconds after each stop the latency is what it was before")
    void latencyComesBack(String backend, int period, int buffer) throws Exception {
        int card = guest.card(
                switch (backend) {
                    case "pulse" -> HostServer.PULSEAUDIO.address();
                    case "alsa" -> HostServer.ALSA_PULSE.address();
                    default -> NULL_ADDRESS;
                });
        begin(card, period, buffer, 60 + STOPS * STOP_MILLIS.length * 8);
        Thread.sleep(BACK_MILLIS);
        long playedBefore = latency(card, false);
        long recordedBefore = latency(card, true);
        List<Long> played = new ArrayList<>();
        List<Long> recorded = new ArrayList<>();
        for (int i = 0; i < STOPS; i++) {
            for (int millis : STOP_MILLIS) {
                stop(millis);
                Thread.sleep(BACK_MILLIS);
                played.add(latency(card, false));
                recorded.add(latency(card, true));
            }
        }
        String probe = finish();
        System.out.printf(
                "%s %d/%d: played %d then %s, recorded %d then %s frames late; %s%n",
                backend, period, buffer, playedBefore, played, recordedBefore, recorded, probe);

        assertThat(probe).doesNotContain("failed");
        assertThat(played)
                .as("playback, before: " + playedBefore)
                .allMatch(frames -> Math.abs(frames - playedBefore) <= SLACK_FRAMES);
        assertThat(recorded)
                .as("capture, before: " + recordedBefore)
                .allMatch(frames -> Math.abs(frames - recordedBefore) <= SLACK_FRAMES);
    }

    private static void begin(int card, int period, int buffer, int seconds) throws BootException {
        guest.run("pcmprobe -P -C -c " + card + " -p " + period + " -b " + buffer + " -s " + seconds
                + " >/tmp/probe 2>&1 & sleep 1");
    }

    /** Both streams are ended by the guest. @return what was said if one had ended by itself, else nothing */
    private static String finish() throws BootException {
        return guest.run("killall -9 pcmprobe 2>/dev/null; while pidof pcmprobe >/dev/null; do usleep 20000; done;"
                + " cat /tmp/probe");
    }

    /** Where ALSA sees playback and capture. */
    private static long[] positions(int card) throws BootException {
        return new long[] {guest.position(card, "pcm0p"), guest.position(card, "pcm0c")};
    }

    /** The median of several looks. */
    private static long latency(int card, boolean capture) throws BootException {
        double[] looks = new double[LOOKS];
        for (int i = 0; i < LOOKS; i++) {
            looks[i] = capture ? guest.reportedCaptureLatencyFrames(card) : guest.reportedLatencyFrames(card);
        }
        return Math.round(Sample.of(looks).median());
    }

    private static void stop(int millis) throws Exception {
        signal("STOP");
        try {
            Thread.sleep(millis);
        } finally {
            signal("CONT");
        }
    }

    private static void signal(String name) throws Exception {
        String pid = Long.toString(guest.linux().pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }
}
