// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.server.Endpoint;
import org.vsnd.vhostuser.StateFile;

/**
 * Where the state of cards is kept if nobody says it: beside the socket, or, for a socket of the service manager, in the folder
 * that this has made for the service ({@code RuntimeDirectory=}, {@code StateDirectory=}): in memory rather than on a disk.
 */
public final class StateFolder {
    private final @Nullable Path given;

    /**
     * Takes the service manager's folder from this process's environment.
     *
     * @param environment RUNTIME_DIRECTORY and STATE_DIRECTORY, each a list of folders
     */
    public StateFolder(Map<String, String> environment) {
        String runtime = environment.getOrDefault("RUNTIME_DIRECTORY", "");
        String folders = runtime.isEmpty() ? environment.getOrDefault("STATE_DIRECTORY", "") : runtime;
        given = folders.isEmpty() ? null : Path.of(folders.split(":", -1)[0]);
    }

    /** For a card that clients find there; null if there is no such place. */
    public @Nullable StateFile of(Endpoint endpoint) {
        String name = endpoint.path().toString();
        if (endpoint.makesItsFile() || (given == null && endpoint.path().isAbsolute())) {
            return new StateFile(endpoint.path().resolveSibling(endpoint.path().getFileName() + ".state"), false);
        }
        if (given == null) {
            return null;
        }
        return new StateFile(given.resolve(name.replaceFirst("^[@/]", "").replace('/', '-') + ".state"), false);
    }
}
