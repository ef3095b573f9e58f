// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * The launcher answers {@code --help} from files, so that nobody has to wait for a build to read it. With
 * {@code -Dvsnd.help.write=true} the files are written instead of compared.
 */
class HelpFilesTest {
    private static final Path FOLDER = Launcher.home().resolve("plugin/cli/src/main/help");
    /** Of {@code ./vsnd test} and {@code bench}, which are not this program's; bench's are compared in its own module. */
    private static final Set<String> OTHERS = Set.of("test", "bench", "bench-audio", "bench-haiku", "bench-rings");

    @Test
    @DisplayName("The launcher's help of every command is what the command itself prints")
    void helpIsTheCommandsOwn() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        CommandLine vsnd = Vsnd.commandLine();
        texts.put("help", usage(vsnd));
        vsnd.getSubcommands().forEach((name, command) -> texts.put(name, usage(command)));

        if (Boolean.getBoolean("vsnd.help.write")) {
            for (Map.Entry<String, String> text : texts.entrySet()) {
                Files.writeString(FOLDER.resolve(text.getKey() + ".txt"), text.getValue());
            }
        }

        for (Map.Entry<String, String> text : texts.entrySet()) {
            assertThat(FOLDER.resolve(text.getKey() + ".txt")).hasContent(text.getValue());
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".txt", ""))
                            .filter(name -> !OTHERS.contains(name))
                            .collect(Collectors.toSet()))
                    .isEqualTo(texts.keySet());
        }
    }

    @Test
    @DisplayName("Every help file fits a terminal, also those of the launcher's own commands")
    void everyFileFits() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                assertThat(Files.readAllLines(file))
                        .as(file.toString())
                        .allMatch(line -> line.length() <= Vsnd.HELP_COLUMNS);
            }
        }
    }

    private static String usage(CommandLine command) {
        return command.getUsageMessage(CommandLine.Help.Ansi.OFF);
    }
}
