// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where PulseAudio's sockets are and whose they are: libpulse says "connection refused" if no server runs, if another
 * user's runs, and if one has ended and left its socket.
 *
 * @param environment the process's
 * @param runFolder holds a folder for each user who is logged in, {@code /run/user}
 * @param user who runs this process
 */
record PulseServers(Map<String, String> environment, Path runFolder, String user) {
    private static final String SOCKET = "pulse/native";

    /** For this machine and this process. */
    static PulseServers here() {
        return new PulseServers(System.getenv(), Path.of("/run/user"), owner(Path.of("/proc/self")));
    }

    /** Why no server answers, and what to do; a sentence without a full stop. */
    String why() {
        String named = environment.getOrDefault("PULSE_SERVER", "");
        if (!named.isEmpty()) {
            return "PULSE_SERVER is " + named + ": check that a server runs there, or unset it";
        }
        Path own = own();
        if (Files.exists(own)) {
            String owner = owner(own);
            return owner.equals(user)
                    ? own + " was left by a server that has ended, or its server hangs: restart it"
                    : own + " is " + owner + "'s server, and you are " + user + ": run vsnd as " + owner;
        }
        List<Path> folders = foldersWithSocket();
        if (environment.getOrDefault("PULSE_RUNTIME_PATH", "").isEmpty()) {
            for (Path folder : folders) {
                Path socket = folder.resolve(SOCKET);
                if (owner(socket).equals(user)) {
                    return socket + " is yours, but it is found through XDG_RUNTIME_DIR, which is "
                            + environment.getOrDefault("XDG_RUNTIME_DIR", "not set") + ": export XDG_RUNTIME_DIR="
                            + folder;
                }
            }
        }
        for (Path folder : folders) {
            String owner = owner(folder.resolve(SOCKET));
            if (!owner.equals(user)) {
                return "a server runs for " + owner + ", and you are " + user + ": run vsnd as " + owner;
            }
        }
        return "none runs for " + user + ": start one (pulseaudio or pipewire-pulse), or name one with PULSE_SERVER";
    }

    private Path own() {
        String pulse = environment.getOrDefault("PULSE_RUNTIME_PATH", "");
        if (!pulse.isEmpty()) {
            return Path.of(pulse, "native");
        }
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return runtime.isEmpty() ? runFolder.resolve("none").resolve(SOCKET) : Path.of(runtime, SOCKET);
    }

    private List<Path> foldersWithSocket() {
        try (Stream<Path> users = Files.list(runFolder)) {
            return users.filter(folder -> Files.exists(folder.resolve(SOCKET)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String owner(Path file) {
        try {
            return Files.getOwner(file).getName();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
