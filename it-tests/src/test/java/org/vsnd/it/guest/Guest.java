// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.GuestAnswer;
import org.vsnd.cli.boot.LinuxGuest;

/** A running guest and what the tests let it do. Sound cards are named by their PCI address. */
final class Guest implements AutoCloseable {
    /** A card on the root complex itself. */
    static final String ON_ROOT = "0000:00:10.0";

    static final String ON_ROOT_SLOT = "0x10";
    /** Kills what plays or records and waits until it is gone. */
    static final String END_PLAYERS =
            "killall -9 aplay 2>/dev/null; while pidof aplay >/dev/null; do usleep 20000; done";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);

    private final LinuxGuest linux;

    Guest(LinuxGuest linux) {
        this.linux = linux;
    }

    LinuxGuest linux() {
        return linux;
    }

    String run(String line) throws BootException {
        return linux.runSuccessfully(line, LIMIT);
    }

    GuestAnswer attempt(String line) throws BootException {
        return linux.run(line, LIMIT);
    }

    void loadDriver() throws BootException {
        linux.load("virtio_snd");
    }

    /** Waits for a guest that was reset and loads its driver. */
    void awaitRestart() throws BootException {
        linux.awaitReady(BOOT_LIMIT);
        loadDriver();
    }

    /** The ALSA number of the card at a PCI address. */
    int card(String address) throws BootException {
        String path = run("echo /sys/bus/pci/devices/" + address + "/virtio*/sound/card*")
                .strip();
        assertThat(path)
                .as("the card at " + address + "; kernel: " + run("dmesg | tail -n 20"))
                .matches(".*card\\d+");
        return Integer.parseInt(path.substring(path.lastIndexOf("card") + 4));
    }

    /** Plays a file to its end. */
    void play(String address, String file) throws BootException {
        run("aplay -q -D hw:" + card(address) + ",0 --period-size=1024 --buffer-size=4096 " + file);
    }

    /** Starts to play the long sound; returns while it runs. */
    void startPlaying(String address) throws BootException {
        int card = card(address);
        run("aplay -q -D hw:" + card + ",0 --period-size=1024 --buffer-size=4096 " + GuestBed.LONG_SOUND
                + " >/tmp/aplay.log 2>&1 & n=0; until grep -q RUNNING " + status(card)
                + "; do n=$((n+1)); [ $n -lt 250 ] || exit 1; usleep 20000; done; usleep 500000");
    }

    /** The device's own share of {@code snd_pcm_delay}: what the guest has not queued itself. */
    long reportedLatencyFrames(int card) throws BootException {
        String text = run("cat " + status(card));
        return field(text, "delay") - (field(text, "appl_ptr") - field(text, "hw_ptr"));
    }

    /** The device's own share of a recording's delay: what it has recorded and not given to the guest. */
    long reportedCaptureLatencyFrames(int card) throws BootException {
        String text = run("cat /proc/asound/card" + card + "/pcm0c/sub0/status");
        return field(text, "delay") - (field(text, "hw_ptr") - field(text, "appl_ptr"));
    }

    /** Where ALSA sees a stream, "pcm0p" or "pcm0c"; fails if it does not run. */
    long position(int card, String pcm) throws BootException {
        return field(run("cat /proc/asound/card" + card + "/" + pcm + "/sub0/status"), "hw_ptr");
    }

    private static String status(int card) {
        return "/proc/asound/card" + card + "/pcm0p/sub0/status";
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + status));
    }

    /** Runs pcmprobe; one object per stream, playback first. */
    List<JsonObject> probe(String arguments) throws BootException {
        return parse(run("pcmprobe " + arguments));
    }

    /** The same for so many seconds of sound. */
    List<JsonObject> probe(String arguments, int seconds) throws BootException {
        return parse(linux.runSuccessfully("pcmprobe " + arguments + " -s " + seconds, LIMIT.plusSeconds(seconds)));
    }

    static List<JsonObject> parse(String output) {
        return output.lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    @Override
    public void close() {
        linux.close();
    }
}
