// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.serve.CardPlace;
import org.vsnd.cli.serve.Front;
import org.vsnd.cli.serve.TraceRequest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what to record of the cards that are served. */
final class RecordOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Records everything that guest and card say to each other, as a trace (JSON, a step per line)"
                    + " for vsnd replay. With several sockets, give it once for each. An existing file is overwritten.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--record-data",
            description = "Also records the bytes of long buffers, into files in a folder beside each trace.")
    private boolean withData;

    /** Refuses options that contradict each other. */
    void check(List<CardPlace> places) {
        int sockets = places.size();
        if (withData && files.isEmpty()) {
            throw wrong("--record-data needs a recording: give --record FILE as well");
        }
        if (!files.isEmpty() && files.size() != sockets) {
            throw wrong("give --record once for each socket: there are " + sockets + " sockets and " + files.size()
                    + " files");
        }
        if (!files.isEmpty() && places.stream().anyMatch(place -> place.front() != Front.VFIO_USER)) {
            throw wrong("--record writes down accesses to a PCI function, which vhost-user does not have: record on a"
                    + " --socket");
        }
        Set<Path> seen = new HashSet<>();
        for (Path file : files) {
            if (!seen.add(file.toAbsolutePath().normalize())) {
                throw wrong("several cards cannot be recorded into one file: give each --record a file of its own");
            }
        }
    }

    /** What to record of the card on a socket, or null for nothing. */
    @Nullable
    TraceRequest of(int socket) {
        return files.isEmpty() ? null : new TraceRequest(files.get(socket), withData);
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
