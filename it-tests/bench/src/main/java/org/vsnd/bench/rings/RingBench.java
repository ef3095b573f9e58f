// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Benchmark;
import org.vsnd.bench.Document;
import org.vsnd.bench.MachineFacts;
import org.vsnd.bench.MarkdownTable;
import org.vsnd.bench.Measurement;
import org.vsnd.bench.RunOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./vsnd bench rings}: what a message costs in each kind of ring, by JMH. Started from the repository's top. */
@Command(
        name = "vsnd " + RingBench.NAME,
        description = {"Measures what a message costs in each kind of ring.", "Writes docs/bench-rings.md."},
        mixinStandardHelpOptions = true)
public final class RingBench implements Callable<Integer>, Measurement {
    static final String NAME = "bench rings";

    private static final Path DOCUMENT = Path.of("docs/bench-rings.md");
    private static final int FULL_SECONDS = 1;
    private static final int FORKS = 3;
    private static final double FREE_BYTES = 0.5; // JMH's own share is not quite nothing

    private final List<String> arguments;
    private final Map<String, Cost> costs = new HashMap<>();

    /** Of a message, with JMH's error of 99.9 %. */
    private record Cost(double nanos, double error, double allocatedBytes) {}

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final RunOptions options = new RunOptions();

    private RingBench(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Ends the process with 0 if all goals held, 1 if not, 2 if something could not be measured. */
    public static void main(String[] arguments) {
        Benchmark.main(NAME, new RingBench(List.of(arguments)), arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter lines = spec.commandLine().getOut();
        Document document = new Document(
                "Measurements of rings",
                "Written by `./vsnd bench rings`; docs/TESTING.md says what it is for.",
                MachineFacts.of(Benchmark.command(NAME, arguments)));
        return Benchmark.measure(List.of(this), document, lines, options.target(DOCUMENT, true));
    }

    @Override
    public String title() {
        return "A message through a ring";
    }

    @Override
    public void run() throws BenchException {
        TimeValue time = TimeValue.seconds(options.seconds(FULL_SECONDS));
        Collection<RunResult> results;
        try {
            results = new Runner(new OptionsBuilder()
                            .include(RingExchange.class.getName())
                            .forks(FORKS)
                            .warmupIterations(3)
                            .warmupTime(time)
                            .measurementIterations(3)
                            .measurementTime(time)
                            .addProfiler(GCProfiler.class)
                            .shouldFailOnError(true)
                            .verbosity(VerboseMode.SILENT)
                            .build())
                    .run();
        } catch (RunnerException e) {
            throw new BenchException(String.valueOf(e.getMessage()));
        }
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            Result<?> nanos = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            if (allocated == null) {
                throw new BenchException("JMH's profiler did not count what is allocated");
            }
            costs.put(
                    key(RingExchange.Ring.valueOf(params.getParam("ring")), params.getParam("indirect")),
                    new Cost(nanos.getScore(), nanos.getScoreError(), allocated.getScore()));
        }
    }

    private static String key(RingExchange.Ring ring, String indirect) {
        return ring + " " + indirect;
    }

    @Override
    public void write(Document document) {
        MarkdownTable table =
                new MarkdownTable("ring", "descriptors", "ns a message", "against split", "bytes allocated");
        for (String indirect : List.of("false", "true")) {
            Cost split = cost(RingExchange.Ring.SPLIT, indirect);
            for (RingExchange.Ring ring : RingExchange.Ring.values()) {
                Cost cost = cost(ring, indirect);
                String name = ring.name().toLowerCase(Locale.ROOT).replaceFirst("_", ", ");
                table.row(
                        name,
                        indirect.equals("true") ? "3 in a table" : "3",
                        String.format(Locale.ROOT, "%.1f ± %.1f", cost.nanos(), cost.error()),
                        String.format(Locale.ROOT, "%.2fx", cost.nanos() / split.nanos()),
                        String.format(Locale.ROOT, "%.1f", cost.allocatedBytes()));
                document.goal(
                        cost.allocatedBytes() < FREE_BYTES,
                        name + " allocates " + cost.allocatedBytes() + " bytes a message");
            }
        }
        document.part(
                title(),
                "One message of three descriptors (4 bytes, 1920 bytes, and room for 8) is offered by the driver, which writes\n"
                        + "as little as the format allows, taken by the device and given back; nobody looks at its bytes. In the\n"
                        + "memory of the same process, with the flags with which `./vsnd serve` runs; " + FORKS
                        + " forks, errors of 99.9 %.",
                table);
    }

    private Cost cost(RingExchange.Ring ring, String indirect) {
        Cost cost = costs.get(key(ring, indirect));
        if (cost == null) {
            throw new IllegalStateException("not measured: " + ring);
        }
        return cost;
    }
}
