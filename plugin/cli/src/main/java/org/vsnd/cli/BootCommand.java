package org.vsnd.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsnd boot}: shows the whole thing working, from nothing. */
@Command(
        name = "boot",
        description = {
            "Boots a Debian guest in QEMU, has it play a melody and record from the host through the sound card,",
            "and checks every sample. Fetches what it needs into a cache folder (VSND_CACHE, else ~/.cache/vsnd)",
            "and installs nothing. Arguments after -- go to QEMU."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class BootCommand implements Callable<Integer> {
    private static final String LINUX = "linux";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "linux", description = "What to boot: linux, the default.")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "vsnd-melody.wav",
            description = "Where the sound goes (default: ${DEFAULT-VALUE} in the current folder).")
    private Path out = Path.of("vsnd-melody.wav");

    @Mixin
    private final CardOptions card = new CardOptions();

    @Override
    public Integer call() throws BootException, PluginException, VfioUserException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter lines = spec.commandLine().getOut();
        List<String> qemuArguments = afterDashes(spec);
        List<String> guest = words.subList(0, words.size() - qemuArguments.size());
        if (!guest.isEmpty() && !guest.equals(List.of(LINUX))) {
            throw new ParameterException(
                    spec.commandLine(), "cannot boot " + String.join(" ", guest) + ": give linux, or nothing");
        }
        if (card.gives("backend")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "boot brings its own back end, to compare what was heard: give --out FILE instead");
        }
        Progress progress = step -> {
            lines.println("... " + step);
            lines.flush();
        };
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

    private static List<String> afterDashes(CommandSpec spec) {
        List<String> all = spec.commandLine().getParseResult().originalArgs();
        int dashes = all.indexOf("--");
        return dashes < 0 ? List.of() : all.subList(dashes + 1, all.size());
    }
}
