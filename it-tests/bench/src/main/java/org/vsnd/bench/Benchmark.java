// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Children;
import picocli.CommandLine;

/** How benchmarks begin, go from measurement to measurement, and end. */
public final class Benchmark {
    private Benchmark() {}

    /** Runs a command, and ends the process with its exit code; whatever it started ends with it. */
    public static void main(String name, Object command, String... arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(Children::endAll, "vsnd-bench-end"));
        System.exit(new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    line.getErr().println("vsnd " + name + ": " + e.getMessage());
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(arguments));
    }

    /** The command line that a benchmark was given, for its document. */
    public static String command(String name, List<String> arguments) {
        return "`./vsnd " + name + (arguments.isEmpty() ? "" : " " + String.join(" ", arguments)) + "`";
    }

    /**
     * Makes the measurements one after the other and writes the document.
     *
     * @param target its file; null: it is only shown
     * @return the exit code: 0 if all goals held, 1 if not, 2 if something could not be measured
     */
    public static int measure(
            List<Measurement> measurements, Document document, PrintWriter lines, @Nullable Path target)
            throws IOException, InterruptedException {
        boolean whole = true;
        for (Measurement measurement : measurements) {
            whole &= measure(measurement, document, lines);
        }
        lines.println(document);
        if (target != null) {
            Files.writeString(target, document.toString());
            lines.println("written to " + target);
        }
        return !whole ? CommandLine.ExitCode.USAGE : document.misses().isEmpty() ? 0 : 1;
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
}
