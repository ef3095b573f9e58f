// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.vsnd.measure.sound.WavFile;

/** What has been played since a moment, in whatever format: one of a back end's WAV files has grown. */
final class WavFolder {
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 50;

    private final Path out;
    private final Map<Path, Integer> before = new HashMap<>();

    private WavFolder(Path out) {
        this.out = out;
    }

    /** Marks the moment; nothing may be playing. */
    static WavFolder from(Path out) throws IOException {
        WavFolder folder = new WavFolder(out);
        for (Path file : folder.files()) {
            folder.before.put(file, WavFile.readGrowing(file).data().length);
        }
        return folder;
    }

    /** The samples of the file that has grown, as left-justified 32-bit integers, once there are so many. */
    int[] await(int samples) throws Exception {
        int[][] found = {{}};
        Waiting.until(
                FLUSH_LIMIT,
                () -> {
                    found[0] = grown();
                    return found[0].length >= samples;
                },
                () -> samples + " samples; there are " + found[0].length);
        return found[0];
    }

    /** The same, once they are as they should be or could have been. */
    int[] await(Predicate<int[]> complete) throws Exception {
        long deadlineNanos = System.nanoTime() + FLUSH_LIMIT.toNanos();
        int[] heard = grown();
        while (!complete.test(heard) && System.nanoTime() < deadlineNanos) {
            Thread.sleep(POLL_MILLIS);
            heard = grown();
        }
        return heard;
    }

    private int[] grown() throws IOException {
        for (Path path : files()) {
            WavFile file = WavFile.readGrowing(path);
            int from = before.getOrDefault(path, 0);
            if (file.data().length > from) {
                return Linear.samples(file, from);
            }
        }
        return new int[0];
    }

    /** OUT.wav, OUT-2.wav and so on. */
    private List<Path> files() throws IOException {
        String stem = out.getFileName().toString().replace(".wav", "");
        try (Stream<Path> all = Files.list(out.getParent())) {
            return all.filter(path -> path.getFileName().toString().matches(stem + "(-\\d+)?\\.wav"))
                    .sorted()
                    .toList();
        }
    }
}
