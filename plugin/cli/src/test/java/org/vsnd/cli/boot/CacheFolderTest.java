// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @Test
    @DisplayName("room is looked for where the folder will be, and too little of it is said with what is needed")
    void roomIsKnownBeforeTheFolderIsThere(@TempDir Path top) {
        CacheFolder cache = new CacheFolder(top.resolve("not/yet/there"));

        assertThat(cache.obstacle(1)).isEmpty();
        assertThat(cache.obstacle(Long.MAX_VALUE))
                .hasValueSatisfying(words -> assertThat(words).contains("8796093022207 MiB are needed", "VSND_CACHE"));
        assertThat(new CacheFolder(Path.of("/proc/vsnd")).obstacle(1))
                .hasValueSatisfying(words -> assertThat(words).contains("/proc/vsnd", "VSND_CACHE"));
        assertThat(top).isEmptyDirectory();
    }

    @TempDir
    Path top;

    @Test
    void theOperatorsChoiceComesBeforeTheDesktopsAndTheHomeFolders() {
        assertThat(CacheFolder.standard(Map.of("VSND_CACHE", "/a", "XDG_CACHE_HOME", "/b", "HOME", "/c"))
                        .path())
                .isEqualTo(Path.of("/a"));
        assertThat(CacheFolder.standard(Map.of("VSND_CACHE", "", "XDG_CACHE_HOME", "/b", "HOME", "/c"))
                        .path())
                .isEqualTo(Path.of("/b/vsnd"));
        assertThat(CacheFolder.standard(Map.of("HOME", "/c")).path()).isEqualTo(Path.of("/c/.cache/vsnd"));
    }

    @Test
    void aThingIsBuiltOnce() throws Exception {
        CacheFolder cache = new CacheFolder(top);
        AtomicInteger builds = new AtomicInteger();
        CacheFolder.Builder builder = half -> {
            builds.incrementAndGet();
            Files.writeString(half.resolve("file"), "whole");
        };

        assertThat(cache.obtain("thing", builder).resolve("file")).hasContent("whole");
        assertThat(cache.obtain("thing", builder)).isEqualTo(top.resolve("thing"));
        assertThat(builds).hasValue(1);
    }

    @Test
    void whatAFailedBuildLeftIsNeverUsed() throws Exception {
        CacheFolder cache = new CacheFolder(top);

        assertThatThrownBy(() -> cache.obtain("thing", half -> {
                    Files.writeString(half.resolve("file"), "half");
                    throw new BootException("the mirror is down");
                }))
                .hasMessage("the mirror is down");

        assertThat(cache.has("thing")).isFalse();
        assertThat(top.resolve("thing.part")).doesNotExist();
    }

    @Test
    void whatAKilledProcessLeftIsRemovedFirst() throws Exception {
        Files.createDirectories(top.resolve("thing.part/old"));

        Path built = new CacheFolder(top).obtain("thing", half -> Files.writeString(half.resolve("file"), "whole"));

        assertThat(built.resolve("old")).doesNotExist();
        assertThat(built.resolve("file")).hasContent("whole");
    }

    @Test
    void twoWhoWantTheSameThingGetItFromOneBuild() throws Exception {
        AtomicInteger builds = new AtomicInteger();
        CountDownLatch bothAsked = new CountDownLatch(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CacheFolder.Builder builder = half -> builds.incrementAndGet();
            Future<Path> one = threads.submit(() -> {
                bothAsked.countDown();
                bothAsked.await();
                return new CacheFolder(top).obtain("thing", builder);
            });
            Future<Path> other = threads.submit(() -> {
                bothAsked.countDown();
                bothAsked.await();
                return new CacheFolder(top).obtain("thing", builder);
            });

            assertThat(one.get()).isEqualTo(other.get());
            assertThat(builds).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("Who waits for another process that fills the cache says so, and then takes what that one left")
    void anotherProcessIsWaitedFor() throws Exception {
        Handler handler = mock(Handler.class);
        Logger logger = Logger.getLogger(CacheFolder.class.getName());
        logger.addHandler(handler);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filler.class.getName(),
                        top.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('b'); // it has begun
            Future<Path> mine = threads.submit(() -> new CacheFolder(top).obtain("thing", half -> {
                throw new BootException("made twice");
            }));
            String waits = "waiting for another vsnd that is making thing in " + top;
            verify(handler, timeout(60_000))
                    .publish(argThat(line -> line.getMessage().contains(waits)));
            other.getOutputStream().close();

            assertThat(mine.get().resolve("file")).hasContent("whole");
        } finally {
            threads.shutdownNow();
            other.destroyForcibly();
            logger.removeHandler(handler);
        }
    }

    /** Another process: fills the cache for as long as its standard input is open. */
    static final class Filler {
        public static void main(String[] arguments) throws BootException {
            new CacheFolder(Path.of(arguments[0])).obtain("thing", half -> {
                System.out.println("begun");
                System.in.read();
                Files.writeString(half.resolve("file"), "whole");
            });
        }
    }
}
