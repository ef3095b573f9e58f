// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.Benchmark;
import org.vsnd.bench.Document;
import org.vsnd.bench.MachineFacts;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.RunOptions;
import org.vsnd.bench.WorkFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./vsnd bench haiku}: measures with the model of Haiku and writes the document. Started from the repository's top. */
@Command(
        name = "vsnd " + HaikuBench.NAME,
        description = {
            "Measures vsnd with a model of Haiku in real time.",
            "Writes docs/bench-haiku.md.",
            "As root on Debian it installs the packages it needs."
        },
        mixinStandardHelpOptions = true)
public final class HaikuBench implements Callable<Integer> {
    static final String NAME = "bench haiku";

    private static final Path DOCUMENT = Path.of("docs/bench-haiku.md");
    private static final int FULL_SECONDS = 60;
    private static final int WARM_UP_SECONDS = 30;
    private static final int FULL_ROUNDS = 100;

    private final List<String> arguments;

    @Spec
    private @Nullable CommandSpec spec;

    /** What can be measured by itself. */
    enum Part {
        SOUND {
            @Override
            Measurement make(WorkFolder work, int seconds) {
                return new SoundRun(work, seconds, Math.min(seconds, WARM_UP_SECONDS));
            }
        },
        THINK {
            @Override
            Measurement make(WorkFolder work, int seconds) {
                return new ThinkRun(work, seconds, Math.min(seconds, WARM_UP_SECONDS));
            }
        },
        PAUSES {
            @Override
            Measurement make(WorkFolder work, int seconds) {
                return new PauseRun(work, seconds, Math.min(seconds, WARM_UP_SECONDS));
            }
        },
        LOOP {
            @Override
            Measurement make(WorkFolder work, int seconds) {
                return new LoopRun(work, FULL_ROUNDS * Math.min(seconds, FULL_SECONDS) / FULL_SECONDS);
            }
        };

        abstract Measurement make(WorkFolder work, int seconds);
    }

    @Mixin
    private final RunOptions options = new RunOptions();

    @Option(
            names = "--only",
            arity = "1..*",
            paramLabel = "NAME",
            description = "Only these: ${COMPLETION-CANDIDATES}.")
    private Set<Part> only = EnumSet.allOf(Part.class);

    private HaikuBench(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Ends the process with 0 if all goals held, 1 if not, 2 if something could not be measured. */
    public static void main(String[] arguments) {
        Benchmark.main(NAME, new HaikuBench(List.of(arguments)), arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter lines = spec.commandLine().getOut();
        int seconds = options.seconds(FULL_SECONDS);
        try (WorkFolder work = WorkFolder.open(step -> lines.println("... " + step))) {
            Document document = new Document(
                    "Measurements with Haiku",
                    "Written by `./vsnd bench haiku`; docs/TESTING.md says what it is for. The guest is a model of Haiku's kernel, of its"
                            + " virtio_sound\ndriver and of its media server's node: no image of Haiku was at hand.",
                    MachineFacts.of(
                            Benchmark.command(NAME, arguments) + ", " + seconds + " s each",
                            "guest: the model, in a process of its own, attached to `./vsnd serve` as QEMU does it"));
            List<Measurement> measurements = EnumSet.copyOf(only).stream()
                    .map(part -> part.make(work, seconds))
                    .toList();
            boolean everyPart = only.size() == Part.values().length;
            return Benchmark.measure(measurements, document, lines, options.target(DOCUMENT, everyPart));
        }
    }
}
