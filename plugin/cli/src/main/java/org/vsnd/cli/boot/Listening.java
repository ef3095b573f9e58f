// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.nio.file.Path;
import java.util.List;
import org.vsnd.audio.file.FileTrouble;

/** How to play a WAV file on this machine. */
public final class Listening {
    private static final List<String> PLAYERS = List.of("aplay", "pw-play", "paplay", "ffplay", "mpv");

    private Listening() {}

    /** A command with the first player found here, or only the file. */
    public static String command(Path file) {
        String quoted = ShellText.quote(FileTrouble.whole(file).toString());
        return PLAYERS.stream()
                .filter(player -> Tool.find(player) != null)
                .findFirst()
                .map(player -> player + " " + quoted)
                .orElse(quoted + "  (any player will do)");
    }
}
