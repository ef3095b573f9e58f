// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.cli.boot.Listening;
import org.vsnd.cli.boot.OutputFile;
import org.vsnd.cli.demo.DemoReport;
import org.vsnd.cli.demo.DemoRun;
import org.vsnd.plugin.HostAudio;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vsnd demo}: shows the card at work in ten seconds. */
@Command(
        name = "demo",
        header = "Plays a melody through the card in eight seconds, without QEMU, and draws it.",
        description = {
            "",
            "Loads the card as an emulator does. A model of Haiku's driver plays a melody and records a tone"
                    + " through it, in real time, into the host's audio or a WAV file where there is none."
                    + " Ends with a verdict, the timing and a picture.",
            ""
        },
        footer = {"", "Exit code 0 if every sample came through, else 1; 2 for wrong use."},
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DemoCommand implements Callable<Integer> {
    private static final double TELL_SECONDS = 2;

    private double toldSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "SPEC",
            description = "Where it plays; vsnd serve --help lists the kinds (default: the host's audio, else --out).")
    private @Nullable String backend;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "vsnd-demo.wav",
            description = "The WAV file to write if there is no host audio (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("vsnd-demo.wav");

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            defaultValue = "vsnd-demo.png",
            description = "The picture to draw: both waveforms and the intervals (default: ${DEFAULT-VALUE}).")
    private Path picture = Path.of("vsnd-demo.png");

    @Override
    public Integer call() throws PluginException {
        CommandLine line = commandLine();
        refuseUnless(OutputFile.obstacle(picture, "--picture"), line);
        Optional<String> live = backend != null ? Optional.of(backend) : HostAudio.live();
        if (live.isEmpty()) {
            refuseUnless(OutputFile.obstacle(out, "--out"), line);
        }
        String into = live.orElse("wav:" + out.toAbsolutePath());
        PrintWriter lines = line.getOut();
        lines.println("A model of Haiku plays a melody into " + into + " and records a tone for eight seconds:");
        lines.flush();
        DemoReport report = new DemoRun(open(into)).run((number, of, seconds) -> progress(lines, seconds));
        lines.println();
        lines.println(report.verdict().words());
        if (live.isEmpty()) {
            lines.println("There is no sound server or sound card here (vsnd doctor says why): listen to the file");
            lines.println("  " + Listening.command(out));
        } else {
            lines.println("It went to " + into + ".");
        }
        lines.println(pictureDrawn(report));
        lines.println();
        lines.println("In figures:");
        lines.print(report.figures());
        lines.flush();
        return report.verdict().good() ? 0 : 1;
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        return spec.commandLine();
    }

    private static void refuseUnless(Optional<String> obstacle, CommandLine line) {
        obstacle.ifPresent(words -> {
            throw new ParameterException(line, words);
        });
    }

    /** The sound is over by now: a picture that cannot be drawn does not change the verdict. */
    private String pictureDrawn(DemoReport report) {
        Path whole = picture.toAbsolutePath();
        try {
            report.picture().write(picture);
            return "Picture: " + whole;
        } catch (FileSystemException e) {
            return "No picture: " + whole + " cannot be written (" + FileTrouble.why(e) + "): give --picture FILE";
        } catch (IOException e) {
            return "No picture: " + e.getMessage();
        }
    }

    private static AudioBackend open(String into) throws PluginException {
        try {
            return HostAudio.open(into, TimeBase.WALL);
        } catch (BackendException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A line every two seconds. */
    private void progress(PrintWriter lines, double seconds) {
        if (seconds - toldSeconds >= TELL_SECONDS) {
            toldSeconds = seconds;
            lines.printf(Locale.ROOT, "... %.0f s%n", seconds);
            lines.flush();
        }
    }
}
