// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./vsnd bench}: makes the measurements and writes the document. Started from the top of the repository. */
@Command(
        name = "vsnd " + Bench.NAME,
        description = {
            "Measures vsnd beside other cards in a Debian guest, and writes docs/bench.md.",
            "As root on Debian it installs the packages it needs.",
            "./vsnd bench audio measures against real audio servers, ./vsnd bench haiku with a model of Haiku, ./vsnd bench rings"
                    + " what a message costs in each kind of ring."
        },
        mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {
    static final String NAME = "bench";

    private static final Path DOCUMENT = Path.of("docs/bench.md");
    private static final int FULL_SECONDS = 60;
    private static final int LATENCY_SECONDS = 10;
    private static final int WARM_UP_SECONDS = 30;

    private final List<String> arguments;

    @Spec
    private @Nullable CommandSpec spec;

    /** What can be measured by itself. */
    enum Part {
        TIMING,
        QEMU,
        LATENCY,
        STEADY
    }

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Length of each measurement (default: " + FULL_SECONDS + ").")
    private int seconds = FULL_SECONDS;

    @Option(
            names = "--only",
            arity = "1..*",
            paramLabel = "NAME",
            description = "Only these: ${COMPLETION-CANDIDATES}.")
    private Set<Part> only = EnumSet.allOf(Part.class);

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write; without it, a full run goes to docs/bench.md, a shorter one nowhere.")
    private @Nullable Path out;

    private Bench(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Ends the process with 0 if all goals held, 1 if not, 2 if something could not be measured. */
    public static void main(String[] arguments) {
        Benchmark.main(NAME, new Bench(List.of(arguments)), arguments);
    }

    @Override
    public Integer call() throws BenchException, BootException, IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter lines = spec.commandLine().getOut();
        CacheFolder cache = CacheFolder.standard(System.getenv());
        try (Workshop workshop = Workshop.open(cache, step -> lines.println("... " + step))) {
            Report made = new Report(MachineFacts.of(workshop, command()));
            measure(workshop, made);
            lines.println(made);
            Path target = target();
            if (target != null) {
                Files.writeString(target, made.toString());
                lines.println("written to " + target);
            }
            return made.misses().isEmpty() ? 0 : 1;
        }
    }

    private void measure(Workshop workshop, Report made) throws BenchException, BootException, InterruptedException {
        List<WakeUps> wakeUps = new ArrayList<>();
        if (only.contains(Part.TIMING)) {
            TimingRun run = new TimingRun(workshop, seconds);
            run.run();
            made.completions(run.completions());
            wakeUps.addAll(run.wakeUps());
        }
        if (only.contains(Part.QEMU)) {
            QemuCardRun run = new QemuCardRun(workshop, seconds);
            run.run();
            wakeUps.addAll(run.wakeUps());
        }
        if (!wakeUps.isEmpty()) {
            made.wakeUps(wakeUps);
        }
        if (only.contains(Part.LATENCY)) {
            LatencyRun run = new LatencyRun(workshop, Math.min(seconds, LATENCY_SECONDS));
            run.run();
            made.latencies(run.latencies());
        }
        if (only.contains(Part.STEADY)) {
            int warmUp = Math.min(seconds, WARM_UP_SECONDS);
            SteadyStateRun run = new SteadyStateRun(workshop, seconds, warmUp);
            run.run();
            made.steadyStates(run.states(), warmUp);
        }
    }

    private String command() {
        return Benchmark.command(NAME, arguments) + ", " + seconds + " s each";
    }

    private @Nullable Path target() {
        boolean full = seconds >= FULL_SECONDS && only.size() == Part.values().length;
        return out != null ? out : full ? DOCUMENT : null;
    }
}
