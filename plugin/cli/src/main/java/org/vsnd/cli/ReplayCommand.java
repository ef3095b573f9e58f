// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.replay.Counts;
import org.vsnd.trace.replay.Replay;
import org.vsnd.trace.replay.ReplayReport;
import org.vsnd.trace.replay.ReplayResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsnd replay}: does again with this card what guests did with other cards. */
@Command(
        name = "replay",
        header = "Plays recordings of guests to the card again and judges everything it does.",
        description = {
            "",
            "A trace is what a guest and a card said to each other, written by vsnd serve --record. The guest's side is"
                    + " played again in virtual time, and the card's registers, answers, used buffers, interrupts, memory"
                    + " and every sample are judged. HANG means that the guest would never go on although the card"
                    + " did nothing wrong.",
            "",
            "What the driver does against the standard is listed for its author: MUST and SHOULD are the standard's words,"
                    + " ADVICE is what it leaves open, at the cost of the driver's user; each with the first place, how"
                    + " often, the standard's section and what to do instead. It does not count as a failure.",
            ""
        },
        footer = {"", "Exit code 0 if nothing failed, 1 if something did, 2 for wrong use."},
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class ReplayCommand implements Callable<Integer> {
    /** Held here, since the level of a logger that is collected is lost. */
    private static final Logger CARD = Logger.getLogger("org.vsnd.snd");

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "TRACE...", // required, but a mistyped option should be named first
            hideParamSyntax = true,
            description = "A trace (.jsonl), or a folder: all traces in it and in its sub-folders.")
    private List<Path> traces = new ArrayList<>();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Writes an HTML file with failures, differences, timelines and waveforms.")
    private @Nullable Path report;

    @Option(
            names = {"-v", "--verbose"},
            description = "Also prints the differences that a card is free to have.")
    private boolean verbose;

    @Override
    public Integer call() {
        CARD.setLevel(Level.WARNING); // no real microphone is opened
        List<Path> files = files();
        List<ReplayResult> results = new ArrayList<>();
        PrintWriter out = commandSpec().commandLine().getOut();
        for (Path file : files) {
            ReplayResult result = replay(file);
            results.add(result);
            print(out, result);
        }
        if (report != null) {
            write(report, results);
        }
        return results.stream().allMatch(ReplayResult::passed) ? 0 : 1;
    }

    private List<Path> files() {
        if (traces.isEmpty()) {
            throw wrong("give a TRACE, or a folder with traces");
        }
        List<Path> files = new ArrayList<>();
        for (Path trace : traces) {
            if (Files.isDirectory(trace)) {
                List<Path> found = tracesIn(trace);
                if (found.isEmpty()) {
                    throw wrong(FileTrouble.whole(trace) + ": there are no traces (*.jsonl) in this folder and below");
                }
                files.addAll(found);
            } else {
                files.add(trace);
            }
        }
        return files;
    }

    private List<Path> tracesIn(Path folder) {
        try {
            return below(folder);
        } catch (IOException e) {
            throw wrong(
                    "cannot list " + FileTrouble.whole(folder) + " with its sub-folders (" + FileTrouble.why(e) + ")");
        }
    }

    private static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".jsonl") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private ReplayResult replay(Path file) {
        try {
            Trace trace = TraceReader.read(file);
            return Replay.run(trace, new VirtioSoundPlugin()::create);
        } catch (TraceException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private void print(PrintWriter out, ReplayResult result) {
        Counts counts = result.counts();
        out.println(result.verdict() + "  " + result.name() + ": "
                + String.join(
                        ", ",
                        number(counts.accesses(), "access", "accesses"),
                        number(counts.controlReplies(), "control reply", "control replies"),
                        number(counts.messages(), "message", "messages"),
                        number(counts.interrupts(), "interrupt", "interrupts"),
                        counts.soundFrames() + " frames heard",
                        counts.silentFrames() + " of silence",
                        counts.recordedFrames() + " recorded"));
        if (counts.inventedBuffers() > 0) {
            out.println("      the trace lacks the bytes of "
                    + number(counts.inventedBuffers(), "playback buffer", "playback buffers")
                    + ": a pattern was played instead");
        }
        result.hang()
                .ifPresent(hang -> out.printf(
                        "      the traced guest hung (%s); with this card it %s: %s%n",
                        hang.what(), hang.goesOn() ? "goes on" : "hangs as well", hang.why()));
        result.failures().forEach(failure -> out.println("      " + failure));
        long more = counts.failures() - result.failures().size();
        if (more > 0) {
            out.println("      and " + more + " more failures");
        }
        if (!result.remarks().isEmpty()) {
            out.println("      for the driver's author, whatever the card made of it:");
            result.remarks().forEach(remark -> out.println("        " + remark));
        }
        if (verbose) {
            result.differences().forEach(difference -> out.println("      may differ: " + difference));
        }
        out.flush();
    }

    private static String number(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private void write(Path file, List<ReplayResult> results) {
        try {
            ReplayReport.write(file, results);
        } catch (IOException e) {
            throw wrong("cannot write " + FileTrouble.whole(file) + " (" + FileTrouble.why(e)
                    + "): give --report a file in a folder you may write to");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(commandSpec().commandLine(), message);
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        return spec;
    }
}
