// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The commands that do what {@link ImageRun} does, for a person to paste, keep or change. */
public final class PrintedRun {
    private PrintedRun() {}

    /**
     * Both commands, with a comment for each.
     *
     * @param launcher how {@code vsnd} is called
     * @param socket where the card is to be served
     * @param options the card's
     */
    public static String text(String launcher, Path socket, Map<String, String> options, Qemu qemu, Machine machine) {
        List<String> serve = new ArrayList<>(List.of(launcher, "serve", "--once", "--socket", socket.toString()));
        options.forEach((name, value) -> serve.addAll(
                name.equals("backend") ? List.of("--backend", value) : List.of("--set", name + "=" + value)));
        List<String> guest = new ArrayList<>(qemu.command());
        guest.addAll(machine.arguments(socket));
        return "# The sound card, in one terminal:\n" + ShellText.command(Map.of(), serve)
                + "\n\n# The machine, in another, when the card is being served:\n"
                + ShellText.command(qemu.environment(), guest) + "\n";
    }
}
