package org.vsnd.it.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Tool;

/** One of the repository's C programs, compiled by the system's gcc. */
final class CProgram {
    private CProgram() {}

    /**
     * Compiles it, statically: it may have to run in a guest that has no libraries.
     *
     * @param source from the top of the repository
     * @return the program
     */
    static Path build(Path source, Path target) throws BootException {
        if (!Files.isReadable(source)) {
            throw new BootException("cannot read " + source + ": start ./vsnd bench from the repository");
        }
        Tool.of("gcc", "-O2", "-Wall", "-static", "-pthread", "-o", target.toString(), source.toString())
                .run();
        return target;
    }
}
