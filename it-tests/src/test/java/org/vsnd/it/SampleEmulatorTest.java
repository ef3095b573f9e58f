// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;

@DisplayName("docs/sample-emulator")
class SampleEmulatorTest {
    private static final Path SOURCES = Path.of("..", "docs/sample-emulator/src/main/java/org/example/emulator");
    private static final Path REFERENCE = Path.of("src/test/java/org/vsnd/it/reference");

    @TempDir
    Path folder;

    @Test
    @DisplayName("plays its melody into a file, every sample of it")
    void plays() throws Exception {
        Path wav = folder.resolve("melody.wav");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {compiled().toUri().toURL()})) {
            Class<?> emulator = loader.loadClass("org.example.emulator.Emulator");
            emulator.getMethod("main", String[].class).invoke(null, (Object) new String[] {"wav:" + wav});

            var melody = emulator.getDeclaredMethod("melody");
            melody.setAccessible(true);
            ByteBuffer played = (ByteBuffer) melody.invoke(null);
            byte[] sound = new byte[played.remaining()];
            played.get(sound);
            WavFile heard = WavFile.readFinished(wav);
            assertThat(heard.is(SoundFormat.S16_STEREO_48K)).isTrue();
            assertThat(heard.data()).hasSizeGreaterThanOrEqualTo(sound.length).endsWith(sound);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PagedMemory", "GuestClock", "ReferenceHost"})
    @DisplayName("has the classes that docs/embedding.md shows")
    void sameAsTheGuides(String name) throws IOException {
        assertThat(body(SOURCES.resolve(name + ".java"))).isEqualTo(body(REFERENCE.resolve(name + ".java")));
    }

    /** All but comments outside the class, package and imports. */
    private static List<String> body(Path source) throws IOException {
        List<String> lines = Files.readAllLines(source);
        return lines.stream()
                .dropWhile(line -> !line.startsWith("/**"))
                .filter(line -> !line.startsWith("// guide: "))
                .toList();
    }

    private Path compiled() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString()));
        arguments.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "-Xlint:all,-path", "-Werror", "-proc:none"));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toString).forEach(arguments::add);
        }
        int failed = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertThat(failed).isZero();
        return classes;
    }
}
