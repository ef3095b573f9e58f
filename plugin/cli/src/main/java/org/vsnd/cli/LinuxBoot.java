package org.vsnd.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.vsnd.cli.boot.Accelerator;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.MelodyReport;
import org.vsnd.cli.boot.MelodyRun;
import org.vsnd.cli.boot.Progress;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.spi.PluginException;
import org.vsnd.vfiouser.VfioUserException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code vsnd boot linux}: a Debian guest plays a melody and records, and every sample is checked. */
final class LinuxBoot {
    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the sound goes (default: vsnd-melody.wav in the current folder).")
    private Path out = Path.of("vsnd-melody.wav");

    /** Does it all. @return the exit code */
    int boot(CardOptions card, List<String> qemuArguments, CommandLine line)
            throws BootException, PluginException, VfioUserException {
        PrintWriter lines = line.getOut();
        Progress progress = BootCommand.progress(lines);
        try (Closing closing = new Closing()) {
            CacheFolder cache = CacheFolder.standard(System.getenv());
            Qemu qemu = Qemu.obtain(cache, progress);
            GuestParts parts = GuestParts.obtain(cache, progress);
            Accelerator accelerator = Accelerator.choose(qemu, parts, cache, progress);
            MelodyRun run = closing.add(new MelodyRun(qemu, parts, accelerator, out.toAbsolutePath(), progress));
            MelodyReport report = run.run(card.with(run.backend()), qemuArguments);
            lines.print(report.text());
            lines.flush();
            return report.good() ? 0 : 1;
        }
    }
}
