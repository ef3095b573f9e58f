// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsnd.cli.serve.Front;

/** The commands that do what {@link ImageRun} does, for a person to paste, keep or change. */
public final class PrintedRun {
    private PrintedRun() {}

    /**
     * Both commands, with a comment for each.
     *
     * @param launcher how {@code vsnd} is called
     * @param socket where the card is to be served
     * @param options the card's
     * @param attaching how the card is served to it
     */
    public static String text(
            String launcher, Path socket, Map<String, String> options, AttachingQemu attaching, Machine machine) {
        Qemu qemu = attaching.qemu();
        String socketOption = attaching.front() == Front.VFIO_USER ? "--socket" : "--vhost-user";
        List<String> serve = new ArrayList<>(List.of(launcher, "serve", "--once", socketOption, socket.toString()));
        options.forEach((name, value) -> serve.addAll(
                name.equals("backend") ? List.of("--backend", value) : List.of("--set", name + "=" + value)));
        List<String> guest = new ArrayList<>(qemu.command());
        guest.addAll(machine.arguments(attaching.front(), socket));
        return "# The sound card, in one terminal:\n" + ShellText.command(Map.of(), serve)
                + "\n\n# The machine, in another, when the card is being served:\n"
                + ShellText.command(qemu.environment(), guest) + "\n";
    }
}
