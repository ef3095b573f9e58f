// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Tool;

/** One of the repository's C programs, compiled by the system's gcc. */
public final class CProgram {
    private static final Path MODULE = Path.of("it-tests");

    private CProgram() {}

    /**
     * Compiles it, statically: it may have to run in a guest that has no libraries.
     *
     * @param source from {@code it-tests}
     * @return the program
     */
    public static Path build(Path source, Path target) throws BootException {
        Path fromTop = MODULE.resolve(source);
        Path found = Files.isReadable(fromTop) ? fromTop : source;
        if (!Files.isReadable(found)) {
            throw new BootException("cannot read " + fromTop + ": start this from the repository");
        }
        if (Tool.find("gcc") == null || !Files.exists(Path.of("/usr/include/sound/asound.h"))) {
            throw new BootException(found.getFileName() + " has to be compiled: apt-get install gcc libc6-dev");
        }
        Tool.of("gcc", "-O2", "-Wall", "-static", "-pthread", "-o", target.toString(), found.toString())
                .run();
        return target;
    }
}
