// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.Progress;

/** A folder for sockets and logs, gone when this is closed, and whom to tell what is being measured. */
public final class WorkFolder implements AutoCloseable {
    private final Path path;
    private final Progress progress;

    private WorkFolder(Path path, Progress progress) {
        this.path = path;
        this.progress = progress;
    }

    /** Makes one. */
    public static WorkFolder open(Progress progress) throws IOException {
        return new WorkFolder(Files.createTempDirectory("vsnd-bench"), progress);
    }

    /** Where it is: short enough for sockets in it. */
    public Path path() {
        return path;
    }

    /** Makes a folder in it, unless it is there. */
    public Path make(String name) throws BenchException {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new BenchException("cannot make a folder: " + e.getMessage(), e);
        }
    }

    /** Says what is measured next. */
    public void tell(String step) {
        progress.step(step);
    }

    @Override
    public void close() throws IOException {
        CacheFolder.deleteTree(path);
    }
}
