package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.FileTrouble;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.spi.PluginException;
import org.vsnd.vfiouser.SocketAccess;
import org.vsnd.vfiouser.VfioUserException;

/**
 * The whole chain once: a card on a socket, a guest in QEMU that plays a melody and records a rising tone through it,
 * and a look at every sample on both sides. {@link #run} on one thread, {@link #close} on any.
 */
public final class MelodyRun implements AutoCloseable {
    private static final int RECORD_SECONDS = 2;
    private static final int TONE_SECONDS = 20;
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
    private static final Duration SOUND_LIMIT = Duration.ofMinutes(1);
    private static final String PROC = "/proc/asound/card0/pcm0p/sub0/status";

    private final Qemu qemu;
    private final GuestParts parts;
    private final Accelerator accelerator;
    private final Path out;
    private final Progress progress;
    private final Path folder;
    private @Nullable ServedDevice device;
    private @Nullable LinuxGuest guest;
    private boolean keepFolder;

    /**
     * Prepares a folder for sockets and logs; {@link #close} removes it unless the guest failed.
     *
     * @param out the WAV file that gets what the guest plays
     */
    public MelodyRun(Qemu qemu, GuestParts parts, Accelerator accelerator, Path out, Progress progress)
            throws BootException {
        this.qemu = qemu;
        this.parts = parts;
        this.accelerator = accelerator;
        this.out = out;
        this.progress = progress;
        try {
            folder = Files.createTempDirectory("vsnd-boot");
        } catch (IOException e) {
            throw new BootException(
                    "cannot make a temporary folder (" + FileTrouble.why(e) + "): set TMPDIR to one you may write to", e);
        }
    }

    /** The back end that records into the WAV file and plays the tone to the guest. */
    public String backend() {
        return "wav:" + out + ",in=" + toneFile();
    }

    /**
     * Does it all.
     *
     * @param options the card's, {@link #backend} among them
     * @param qemuArguments added to QEMU's
     */
    public MelodyReport run(Map<String, String> options, List<String> qemuArguments)
            throws BootException, PluginException, VfioUserException {
        PcmClip melody = Synthesizer.melody();
        PcmClip tone = Synthesizer.sweep(TONE_SECONDS);
        try {
            Files.write(toneFile(), tone.toWav());
            Path initramfs = folder.resolve("initramfs");
            new Initramfs(parts).file("melody.wav", melody.toWav()).write(initramfs);
            return play(new MelodyReport.Sounds(melody, tone), options, qemuArguments, initramfs);
        } catch (IOException e) {
            throw new BootException("cannot write to " + folder + " (" + FileTrouble.why(e) + "): is the disk full?", e);
        } catch (BootException e) {
            keepFolder = true; // the message names a log in it
            throw e;
        }
    }

    private MelodyReport play(
            MelodyReport.Sounds sounds, Map<String, String> options, List<String> qemuArguments, Path initramfs)
            throws BootException, PluginException, VfioUserException {
        Path socket = folder.resolve("sound");
        ServedDevice card = new ServedDevice(socket, SocketAccess.OWNER_ONLY, options, false);
        keep(card, null);
        card.start();
        progress.step("starting " + qemu.version() + " (" + accelerator + ")");
        LinuxGuest machine = LinuxGuest.builder(qemu, parts, initramfs, folder)
                .accelerator(accelerator)
                .vfioUser("sound", socket)
                .arguments(qemuArguments)
                .start();
        keep(card, machine);
        String release = machine.awaitReady(BOOT_LIMIT);
        machine.load("virtio_snd");
        progress.step("the guest (Linux " + release + ") plays a melody");
        String status = machine.runSuccessfully(
                "aplay -q -D hw:0,0 /melody.wav & sleep 3; cat " + PROC + "; wait $!", SOUND_LIMIT);
        progress.step("the guest records " + RECORD_SECONDS + " s from the host");
        GuestAnswer recorded = machine.run(
                "arecord -q -D hw:0,0 -t raw -f S16_LE -c 2 -r 48000 -d " + RECORD_SECONDS
                        + " /tmp/recorded 2>/tmp/complaints && cat /tmp/recorded || { cat /tmp/complaints; false; }",
                SOUND_LIMIT);
        if (recorded.exitCode() != 0) {
            throw new BootException("the guest could not record: " + Tool.tail(recorded.text(), 3) + "; its console: "
                    + machine.console());
        }
        machine.close();
        card.close(); // the WAV file is whole now
        return MelodyReport.of(sounds, out, new PcmClip(recorded.output()), status, card.streams());
    }

    private synchronized void keep(ServedDevice card, @Nullable LinuxGuest machine) {
        device = card;
        guest = machine;
    }

    private Path toneFile() {
        return folder.resolve("tone.wav");
    }

    /** Ends guest and card, in this order. Idempotent. */
    @Override
    public synchronized void close() {
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
                progress.step("cannot remove " + folder + ": " + FileTrouble.why(e));
            }
        }
    }
}
