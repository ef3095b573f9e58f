// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.cli.boot.Accelerator;
import org.vsnd.cli.boot.AttachingQemu;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.MelodyReport;
import org.vsnd.cli.boot.MelodyRun;
import org.vsnd.cli.boot.OutputFile;
import org.vsnd.cli.boot.PlayerException;
import org.vsnd.cli.boot.Progress;
import org.vsnd.plugin.HostAudio;
import org.vsnd.server.ServerException;
import org.vsnd.spi.PluginException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code vsnd boot linux}: a Debian guest plays a melody and records, and every sample is checked. */
final class LinuxBoot {
    private static final int ATTEMPTS = 2;
    private static final Path OUT = Path.of("vsnd-melody.wav");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The WAV file for the melody (default: vsnd-melody.wav in the current folder).")
    private @Nullable Path out;

    @Option(names = "--listen", description = "Plays the melody through this machine's audio instead of into a file.")
    private boolean listen;

    /** Runs the command. @return the exit code */
    int boot(CardOptions card, AttachingQemu.Wish wish, List<String> qemuArguments, CommandLine line)
            throws BootException, PluginException, ServerException {
        MelodyRun.Hearing hearing = hearing(line);
        PrintWriter lines = line.getOut();
        Progress progress = BootCommand.progress(lines);
        CacheFolder cache = CacheFolder.standard(System.getenv());
        try (Closing closing =
                new Closing(line.getErr(), "what was half fetched into " + cache.path() + " is removed")) {
            AttachingQemu qemu = AttachingQemu.choose(wish, cache, progress);
            GuestParts parts = GuestParts.obtain(cache, progress);
            closing.working(
                    "the guest in QEMU and its sound card" + (listen ? "" : "; " + hearing.out() + " is not written"));
            Accelerator accelerator = Accelerator.choose(qemu.qemu(), parts, cache, progress);
            Melody melody = last -> {
                try (MelodyRun run = closing.add(new MelodyRun(qemu, parts, accelerator, hearing, progress))) {
                    return run.run(card.with("null"), qemuArguments, last);
                }
            };
            MelodyReport report = play(melody, progress);
            lines.print(report.text());
            lines.flush();
            return report.good() ? 0 : 1;
        }
    }

    private MelodyRun.Hearing hearing(CommandLine line) {
        if (listen && out != null) {
            throw new ParameterException(
                    line, "--listen plays the melody instead of writing it to --out: give one of them");
        }
        Path file = FileTrouble.whole(out == null ? OUT : out);
        if (listen) {
            return new MelodyRun.Hearing(
                    file,
                    Optional.of(HostAudio.live()
                            .orElseThrow(() -> new ParameterException(
                                    line,
                                    "--listen needs a sound server or a sound card, and there is none here (vsnd"
                                            + " doctor says why): leave it out, and listen to the WAV file"))));
        }
        OutputFile.obstacle(file, "--out").ifPresent(obstacle -> {
            throw new ParameterException(line, obstacle);
        });
        return new MelodyRun.Hearing(file, Optional.empty());
    }

    /** A guest that plays once. */
    interface Melody {
        /**
         * Plays.
         *
         * @param last whether this is the last try: the logs of a failure are then kept
         */
        MelodyReport play(boolean last) throws BootException, PluginException, ServerException;
    }

    /**
     * Plays, and once more if that fails: a guest may give up when its machine stands still, which is not the card's
     * fault.
     */
    static MelodyReport play(Melody melody, Progress progress) throws BootException, PluginException, ServerException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                MelodyReport report = melody.play(false);
                if (report.good()) {
                    return report;
                }
                progress.step("not every sample came through: trying once more");
            } catch (PlayerException e) {
                progress.step(e.brief() + ": trying once more");
            }
        }
        return melody.play(true);
    }
}
