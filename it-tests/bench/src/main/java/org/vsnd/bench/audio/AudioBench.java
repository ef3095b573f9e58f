// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Benchmark;
import org.vsnd.bench.Document;
import org.vsnd.bench.MachineFacts;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.RunOptions;
import org.vsnd.bench.Workshop;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./vsnd bench audio}: measures against real audio servers and writes the document. Started from the repository's top. */
@Command(
        name = "vsnd " + AudioBench.NAME,
        description = {
            "Measures vsnd against real audio servers, and writes docs/bench-audio.md.",
            "As root on Debian it installs the packages it needs."
        },
        mixinStandardHelpOptions = true)
public final class AudioBench implements Callable<Integer> {
    static final String NAME = "bench audio";

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
        FRONTS(30) {
            @Override
            Measurement make(Workshop workshop, int seconds) {
                return new FrontsRun(workshop, seconds, Math.min(seconds, WARM_UP_SECONDS));
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

    @Mixin
    private final RunOptions options = new RunOptions();

    @Option(
            names = "--only",
            arity = "1..*",
            paramLabel = "NAME",
            description = "Only these: ${COMPLETION-CANDIDATES}.")
    private Set<Part> only = EnumSet.allOf(Part.class);

    private AudioBench(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Ends the process with 0 if all goals held, 1 if not, 2 if something could not be measured. */
    public static void main(String[] arguments) {
        Benchmark.main(NAME, new AudioBench(List.of(arguments)), arguments);
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
                    MachineFacts.of(workshop, Benchmark.command(NAME, arguments)));
            List<Measurement> measurements = EnumSet.copyOf(only).stream()
                    .map(part -> part.make(workshop, options.seconds(part.fullSeconds)))
                    .toList();
            boolean everyPart = only.size() == Part.values().length;
            return Benchmark.measure(measurements, document, lines, options.target(DOCUMENT, everyPart));
        }
    }
}
