// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code parec}: an independent ear at a sink's monitor. */
final class MonitorRecorder implements AutoCloseable {
    private final Process parec;
    private final Path file;

    /** Returns when it really records. */
    MonitorRecorder(TestServer server, String sink) throws IOException {
        file = server.folder().resolve(sink + ".raw");
        parec = server.run(
                sink + ".raw",
                List.of(
                        "parec",
                        "--latency-msec=20",
                        "-d",
                        sink + ".monitor",
                        "--format=s16le",
                        "--rate=48000",
                        "--channels=2",
                        "--raw"));
        Device.await("parec to record", () -> heard().length > 0);
    }

    /** All so far. */
    byte[] heard() {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return Arrays.copyOf(bytes, bytes.length - bytes.length % Pattern.FRAME_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        parec.destroyForcibly().onExit().join();
    }
}
