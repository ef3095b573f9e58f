package org.vsnd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.cli.demo.DemoReport;
import org.vsnd.cli.demo.DemoRun;
import org.vsnd.plugin.HostAudio;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vsnd demo}: hear and see it in ten seconds. */
@Command(
        name = "demo",
        header = "Plays a melody through the card in eight seconds, without QEMU, and draws it.",
        description = {
            "",
            "Loads the card as an emulator does and lets a model of Haiku's driver play a melody and record a tone"
                    + " through it, in real time. Plays into the host's audio, or a WAV file where there is none."
                    + " Ends with a verdict, the timing and a picture.",
            ""
        },
        footer = {"", "Exit code 0 if every sample came through, else 1; 2 for wrong use."},
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "SPEC",
            description =
                    "Where it plays; vsnd serve --help lists what there is (default: the host's audio, else --out).")
    private @Nullable String backend;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "vsnd-demo.wav",
            description = "The WAV file where there is no host audio (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("vsnd-demo.wav");

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            defaultValue = "vsnd-demo.png",
            description = "The picture: both waveforms and the intervals (default: ${DEFAULT-VALUE}).")
    private Path picture = Path.of("vsnd-demo.png");

    @Override
    public Integer call() throws PluginException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter lines = spec.commandLine().getOut();
        String into = backend != null ? backend : HostAudio.live().orElse("wav:" + out);
        lines.println("Haiku plays a melody into " + into + " and records a tone:");
        lines.flush();
        DemoReport report = new DemoRun(open(into)).run((number, of, seconds) -> progress(lines, number, of, seconds));
        lines.print(report.text());
        drawPicture(report);
        lines.println("  picture     " + picture);
        lines.flush();
        return report.good() ? 0 : 1;
    }

    private void drawPicture(DemoReport report) throws PluginException {
        try {
            report.picture().write(picture);
        } catch (IOException e) {
            throw new PluginException("cannot draw " + picture + ": " + e.getMessage() + "; give --picture FILE", e);
        }
    }

    private static AudioBackend open(String into) throws PluginException {
        try {
            return HostAudio.open(into, TimeBase.WALL);
        } catch (BackendException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        }
    }

    /** One line that is written again and again. */
    private static void progress(PrintWriter lines, int number, int of, double seconds) {
        lines.printf(Locale.ROOT, "\r... exchange %2d of %d, %.1f s", number, of, seconds);
        if (number == of) {
            lines.println();
        }
        lines.flush();
    }
}
