package org.vsnd.it.bench.audio;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.Children;
import org.vsnd.it.bench.BenchException;
import org.vsnd.it.bench.Document;
import org.vsnd.it.bench.MachineFacts;
import org.vsnd.it.bench.Workshop;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./vsnd bench audio}: measures against real audio servers and writes the document. Started from the repository's top. */
@Command(
        name = "bench audio",
        description = "Measures vsnd against real audio servers, and writes docs/bench-audio.md.",
        mixinStandardHelpOptions = true)
public final class AudioBench implements Callable<Integer> {
    private static final Path DOCUMENT = Path.of("docs/bench-audio.md");

    private final List<String> arguments;

    @Spec
    private @Nullable CommandSpec spec;

    /** What can be measured by itself, and how long each of its measurements lasts in a full run. */
    enum Part {
        CLOCK(600) {
            @Override
            Measurement make(Workshop workshop, int seconds) {
                return new ClockRun(workshop, seconds, Math.min(seconds, WARM_UP_SECONDS));
            }
        },
        HAIKU(600) {
            @Override
            Measurement make(Workshop workshop, int seconds) {
                return new HaikuRun(workshop, seconds, Math.min(seconds, WARM_UP_SECONDS));
            }
        },
        LATENCY(20) {
            @Override
            Measurement make(Workshop workshop, int seconds) {
                return new HeardLatencyRun(workshop, seconds);
            }
        },
        LOWEST(60) {
            @Override
            Measurement make(Workshop workshop, int seconds) {
                return new LowestRun(workshop, seconds);
            }
        },
        STREAMS(60) {
            @Override
            Measurement make(Workshop workshop, int seconds) {
                return new StreamsRun(workshop, seconds, Math.min(seconds, WARM_UP_SECONDS));
            }
        };

        private static final int WARM_UP_SECONDS = 30;

        private final int fullSeconds;

        Part(int fullSeconds) {
            this.fullSeconds = fullSeconds;
        }

        abstract Measurement make(Workshop workshop, int seconds);
    }

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Length of each measurement (default: each part's own, up to ten minutes).")
    private int seconds;

    @Option(
            names = "--only",
            arity = "1..*",
            paramLabel = "NAME",
            description = "Only these: ${COMPLETION-CANDIDATES}.")
    private Set<Part> only = EnumSet.allOf(Part.class);

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write; without it, a full run goes to docs/bench-audio.md, a shorter one nowhere.")
    private @Nullable Path out;

    private AudioBench(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Ends the process with 0 if all goals held, 1 if not, 2 if something could not be measured. */
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(Children::endAll, "vsnd-bench-end"));
        System.exit(new CommandLine(new AudioBench(List.of(arguments)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    line.getErr().println("vsnd bench audio: " + e.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws BenchException, BootException, IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter lines = spec.commandLine().getOut();
        CacheFolder cache = CacheFolder.standard(System.getenv());
        try (Workshop workshop = Workshop.open(cache, step -> lines.println("... " + step))) {
            Document document = new Document(
                    "Measurements against audio servers",
                    "Written by `./vsnd bench audio`; docs/TESTING.md says what it is for.",
                    MachineFacts.of(workshop, command()));
            boolean whole = true;
            for (Part part : EnumSet.copyOf(only)) {
                whole &= measure(part.make(workshop, seconds > 0 ? seconds : part.fullSeconds), document, lines);
            }
            lines.println(document);
            Path target = target();
            if (target != null) {
                Files.writeString(target, document.toString());
                lines.println("written to " + target);
            }
            return !whole ? CommandLine.ExitCode.USAGE : document.misses().isEmpty() ? 0 : 1;
        }
    }

    /** A part that fails does not take the others, an hour's work, with it. */
    private static boolean measure(Measurement measurement, Document document, PrintWriter lines)
            throws InterruptedException {
        try {
            measurement.run();
            measurement.write(document);
            return true;
        } catch (BenchException | BootException e) {
            String what = "Could not be measured: " + e.getMessage();
            lines.println(measurement.title() + ": " + what);
            document.part(measurement.title(), what);
            document.miss(measurement.title() + " could not be measured");
            return false;
        }
    }

    private String command() {
        return "`./vsnd bench audio" + (arguments.isEmpty() ? "" : " " + String.join(" ", arguments)) + "`";
    }

    private @Nullable Path target() {
        boolean full = seconds == 0 && only.size() == Part.values().length;
        return out != null ? out : full ? DOCUMENT : null;
    }
}
