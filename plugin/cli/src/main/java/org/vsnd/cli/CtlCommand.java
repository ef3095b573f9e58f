// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import com.google.gson.JsonElement;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.ctl.AnswerText;
import org.vsnd.cli.ctl.ControlClient;
import org.vsnd.spi.PluginException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsnd ctl}: asks and changes a card that is being served. */
@Command(
        name = "ctl",
        header = "Asks a card that is being served, or changes it, while its guest runs.",
        description = {
            "",
            "Start vsnd serve with --ctl PATH and name the same path here. The commands are",
            "",
            "  streams                   what each stream does",
            "  jacks                     what is plugged in",
            "  jack plug|unplug ID       plugs something in, or out",
            "  volume STREAM DECIBELS    for example volume output0 -6; or silent",
            "  mute|unmute STREAM",
            "  source [STREAM [LABEL]]   what may be recorded; chooses it",
            "  stats                     everything that is counted",
            "",
            "docs/operate.md says more of each.",
            ""
        },
        footer = {"", "Exit code 0 if it was carried out, 2 if not."},
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class CtlCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--socket", paramLabel = "PATH", required = true, description = "The socket of vsnd serve --ctl.")
    private Path socket = Path.of("");

    @Option(
            names = "--card",
            paramLabel = "NUMBER",
            description =
                    "Which card, from 0, in the order in which vsnd serve was given their sockets; not needed if there"
                            + " is one only.")
    private @Nullable Integer card;

    @Option(names = "--json", description = "Prints the answer as JSON.")
    private boolean json;

    @Parameters(
            paramLabel = "COMMAND",
            arity = "1..*",
            completionCandidates = CtlWords.class,
            description = "One of those above.")
    private List<String> words = new ArrayList<>();

    /** What a shell completes: vsnd itself leaves it to the card what there is. */
    static final class CtlWords implements Iterable<String> {
        private static final List<String> WORDS =
                List.of("streams", "jacks", "jack", "plug", "unplug", "volume", "mute", "unmute", "source", "stats");

        @Override
        public Iterator<String> iterator() {
            return WORDS.iterator();
        }
    }

    @Override
    public Integer call() throws PluginException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        JsonElement answer = ControlClient.ask(socket, card, words);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer);
        } else {
            AnswerText.lines(answer).forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
