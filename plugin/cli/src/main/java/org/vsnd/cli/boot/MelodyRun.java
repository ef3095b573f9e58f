// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.audio.file.WavBackend;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.cli.sound.TapedAudio;
import org.vsnd.plugin.HostAudio;
import org.vsnd.server.ServerException;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;

/**
 * The whole chain once: a card on a socket, a guest in QEMU that plays a melody and records a rising tone through it,
 * and a look at every sample on both sides. {@link #run} on one thread, {@link #close} on any.
 */
public final class MelodyRun implements AutoCloseable {
    private static final int RECORD_SECONDS = 2;
    private static final int TONE_SECONDS = 20;
    /** An emulated guest needs half a minute on an idle machine, and ten times that beside eight busy programs. */
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(8);

    private static final Duration SOUND_LIMIT = Duration.ofMinutes(3);
    private static final Duration KERNEL_LOG_LIMIT = Duration.ofSeconds(20);
    private static final int KERNEL_LOG_LINES = 4;
    private static final String OF_INTEREST = "snd|sound|virtio|lockup|stall|clocksource|oops|bug";
    private static final int SPARE_BYTES = 4 << 20;
    private static final String PROC = "/proc/asound/card0/pcm0p/sub0/status";
    /**
     * So long that a machine that stands still for a second does not break the melody. The driver's usual 320 ms are not
     * enough beside eight busy programs: ALSA gives up when nothing was done for 1.1 buffers.
     */
    private static final int BUFFER_MILLIS = 1280;

    private static final String DRIVER_BUFFER = "pcm_buffer_ms=" + BUFFER_MILLIS;
    private static final String ALSA_BUFFER = "-B " + BUFFER_MILLIS * 1000;

    private final AttachingQemu attaching;
    private final GuestParts parts;
    private final Accelerator accelerator;
    private final Hearing hearing;
    private final Progress progress;
    private final Path folder;
    private @Nullable ServedDevice device;
    private @Nullable LinuxGuest guest;
    private boolean closed;
    private boolean keepFolder;

    /**
     * Where the melody goes.
     *
     * @param out the WAV file that gets it at the end; not touched before
     * @param live the back end that plays it instead, if it is to be heard live
     */
    public record Hearing(Path out, Optional<String> live) {}

    /** Prepares a folder for sockets and logs; {@link #close} removes it. */
    public MelodyRun(
            AttachingQemu attaching, GuestParts parts, Accelerator accelerator, Hearing hearing, Progress progress)
            throws BootException {
        this.attaching = attaching;
        this.parts = parts;
        this.accelerator = accelerator;
        this.hearing = hearing;
        this.progress = progress;
        try {
            folder = Files.createTempDirectory("vsnd-boot");
        } catch (IOException e) {
            throw new BootException(
                    "cannot make a temporary folder (" + FileTrouble.why(e)
                            + "): set VSND_JAVA_OPTS=-Djava.io.tmpdir=FOLDER to one you may write to",
                    e);
        }
    }

    /**
     * Runs it.
     *
     * @param options the card's; the back end is this run's own
     * @param qemuArguments added to QEMU's
     * @param keepLogs whether the folder is kept on failure: the message names a log in it
     * @throws PlayerException if the guest could not play or record
     */
    public MelodyReport run(Map<String, String> options, List<String> qemuArguments, boolean keepLogs)
            throws BootException, PluginException, ServerException {
        PcmClip melody = Synthesizer.melody();
        PcmClip tone = Synthesizer.sweep(TONE_SECONDS);
        try (StallWatch stalls = new StallWatch()) {
            Files.write(toneFile(), tone.toWav());
            Path initramfs = folder.resolve("initramfs");
            new Initramfs(parts).file("melody.wav", melody.toWav()).write(initramfs);
            return play(new MelodyReport.Sounds(melody, tone), options, qemuArguments, initramfs, stalls);
        } catch (IOException e) {
            throw new BootException(
                    "cannot write to " + folder + " (" + FileTrouble.why(e) + "): is the disk full?", e);
        } catch (BootException e) {
            keepFolder(keepLogs);
            throw e;
        }
    }

    private MelodyReport play(
            MelodyReport.Sounds sounds,
            Map<String, String> options,
            List<String> qemuArguments,
            Path initramfs,
            StallWatch stalls)
            throws BootException, PluginException, ServerException, IOException {
        Path socket = folder.resolve("sound");
        AudioBackend audio = audio(sounds.melody());
        ServedDevice card = new ServedDevice(attaching.front(), socket, options, audio);
        keep(card, null);
        card.start();
        Qemu qemu = attaching.qemu();
        progress.step("starting " + qemu.version() + " (" + accelerator + ", " + attaching.front() + ", "
                + qemu.origin() + ")");
        LinuxGuest machine = LinuxGuest.builder(qemu, parts, initramfs, folder)
                .accelerator(accelerator)
                .card(attaching.front(), "sound", socket)
                .arguments(qemuArguments)
                .start();
        keep(card, machine);
        String release = awaitReady(machine);
        machine.load("virtio_snd", DRIVER_BUFFER);
        progress.step("the guest (Linux " + release + ") plays a melody of 6 s"
                + hearing.live().map(live -> " through " + live).orElse(""));
        String status = inGuest(
                        machine,
                        "play",
                        "aplay -q -D hw:0,0 " + ALSA_BUFFER + " /melody.wav 2>/tmp/complaints & sleep 3; cat " + PROC
                                + "; wait $! || { cat /tmp/complaints; false; }",
                        stalls)
                .text();
        progress.step("the guest records " + RECORD_SECONDS + " s of a tone");
        PcmClip recorded = new PcmClip(inGuest(
                        machine,
                        "record",
                        "arecord -q -D hw:0,0 " + ALSA_BUFFER + " -t raw -f S16_LE -c 2 -r 48000 -d " + RECORD_SECONDS
                                + " /tmp/recorded 2>/tmp/complaints && cat /tmp/recorded || { cat /tmp/complaints; false; }",
                        stalls)
                .output());
        machine.close();
        card.close(); // the WAV file is complete now
        PcmClip heard = audio instanceof TapedAudio taped ? new PcmClip(taped.played()) : PcmClip.readWav(wavFile());
        MelodyReport report = MelodyReport.of(
                sounds, new MelodyReport.Came(heard, recorded, stalls.longestNanos()), hearing, status, card.streams());
        if (hearing.live().isEmpty()) {
            handOver();
        }
        return report;
    }

    private AudioBackend audio(PcmClip melody) throws PluginException {
        try {
            AudioBackend files = new WavBackend(wavFile(), toneFile(), false);
            if (hearing.live().isEmpty()) {
                return files;
            }
            return new TapedAudio(
                    HostAudio.open(hearing.live().get(), TimeBase.WALL), files, melody.bytes().length + SPARE_BYTES);
        } catch (IOException | BackendException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The operator's file gets its sound only at the end: a run that fails or is stopped leaves nothing there. */
    private void handOver() throws BootException {
        try {
            OutputFile.fill(hearing.out(), wavFile());
        } catch (IOException e) {
            throw new BootException(
                    "cannot write " + FileTrouble.whole(hearing.out()) + " (" + FileTrouble.why(e)
                            + "): give --out FILE in a folder you may write to",
                    e);
        }
    }

    private String awaitReady(LinuxGuest machine) throws BootException {
        String usual = accelerator == Accelerator.KVM
                ? "this usually takes a few seconds"
                : "without KVM this takes half a minute, or some minutes beside other work";
        Waiting waiting =
                Waiting.tell(progress, seconds -> "the guest is booting, " + seconds + " s so far (" + usual + ")");
        try (waiting) {
            return machine.awaitReady(BOOT_LIMIT);
        }
    }

    private GuestAnswer inGuest(LinuxGuest machine, String what, String line, StallWatch stalls) throws BootException {
        String why;
        try {
            GuestAnswer answer = machine.run(line, SOUND_LIMIT);
            if (answer.exitCode() == 0) {
                return answer;
            }
            why = Tool.tail(answer.text(), 1);
        } catch (BootException e) {
            if (!machine.isAlive()) {
                throw e;
            }
            why = "it did not end within " + SOUND_LIMIT.toSeconds() + " s";
        }
        throw playerFailed(
                "the guest could not " + what + " (" + why + ")",
                kernelLog(machine),
                stalls.longestNanos(),
                machine.console());
    }

    static PlayerException playerFailed(String what, String kernelLog, long stallNanos, Path console) {
        String brief = what + "; this machine stood still for " + MelodyReport.stall(stallNanos) + " at the longest";
        String todo = stallNanos > MelodyReport.LONG_STALL_NANOS
                ? "end what else runs here, or give it more processors, and try again"
                : "report this with the logs in " + console.getParent();
        return new PlayerException(brief, "the guest's kernel says: " + kernelLog + "; " + todo);
    }

    private static String kernelLog(LinuxGuest machine) {
        try {
            String log = machine.run(
                            "dmesg | grep -iE '" + OF_INTEREST + "' | tail -n " + KERNEL_LOG_LINES, KERNEL_LOG_LIMIT)
                    .text();
            return log.isBlank() ? "nothing" : Tool.tail(log, KERNEL_LOG_LINES);
        } catch (BootException e) {
            return "nothing, it does not answer";
        }
    }

    private synchronized void keep(ServedDevice card, @Nullable LinuxGuest machine) throws BootException {
        device = card;
        guest = machine;
        if (closed) {
            close();
            throw new BootException("stopped before the guest was ready");
        }
    }

    private synchronized void keepFolder(boolean wanted) {
        keepFolder = wanted && !closed;
    }

    private Path toneFile() {
        return folder.resolve("tone.wav");
    }

    private Path wavFile() {
        return folder.resolve("heard.wav");
    }

    /** Ends guest and card, in this order. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        if (guest != null) {
            guest.close();
        }
        if (device != null) {
            device.close();
        }
        if (!keepFolder) {
            try {
                CacheFolder.deleteTree(folder);
            } catch (IOException e) {
                progress.step("cannot remove " + folder + " (" + FileTrouble.why(e) + ")");
            }
        }
    }
}
