// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.RangeSet;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.measure.sound.WavFile;

class FlatClassPathTest {
    private static final int PERIODS = 100;

    @Test
    @SuppressWarnings("unchecked") // the same interface in both class loaders: the JDK's
    void serviceLoaderFindsTheSamePluginWhereTheJarsAreOnTheClassPath(@TempDir Path folder) throws Exception {
        BuiltArchive.unpack(folder);
        List<URL> urls = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder.resolve("lib"), "*.jar")) {
            for (Path jar : jars) {
                urls.add(jar.toUri().toURL());
            }
        }
        for (Class<?> type : List.of(FlatEmulator.class, VirtualHost.class, RangeSet.class)) { // the host uses Guava
            urls.add(type.getProtectionDomain().getCodeSource().getLocation());
        }
        Path wav = folder.resolve("out.wav");
        try (URLClassLoader host =
                new URLClassLoader("flat-host", urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            Function<Map<String, String>, String> emulator =
                    (Function<Map<String, String>, String>) host.loadClass(FlatEmulator.class.getName())
                            .getConstructor()
                            .newInstance();
            assertThat(emulator.apply(Map.of("backend", "wav:" + wav, "periods", String.valueOf(PERIODS))))
                    .isEqualTo("virtio-snd-pci");
        }
        assertThat(WavFile.readFinished(wav).data()).isEqualTo(PlayingGuest.sound(PERIODS));
    }
}
