// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.measure.sound.WavFile;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.plugin.load.LoadedPlugin;
import org.vsnd.spi.PciDevicePlugin;

/** The archive in a host whose own Guava and JNA are years older: it plays, and nothing of it is left. */
class OldLibrariesTest {
    private static final int ROUNDS = 5;
    private static final int TRIES = 250;

    private static final String JNA = "jna-" + System.getProperty("vsnd.old-jna") + ".jar";
    private static final String GUAVA = "guava-" + System.getProperty("vsnd.old-guava") + ".jar";

    @TempDir
    Path folder;

    private Path unpacked;

    @BeforeEach
    void unpack() throws Exception {
        unpacked = folder.resolve("unpacked");
        BuiltArchive.unpack(unpacked);
    }

    /** What a host has on its class path: the SPI, the loader and what it needs, itself, and its own libraries. */
    private static URLClassLoader hostLoader() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (Class<?> type : List.of(
                PciDevicePlugin.class,
                LoadedPlugin.class,
                Load.class,
                OldEmulator.class,
                VirtualHost.class,
                LibC.class)) { // a user of the old JNA
            urls.add(type.getProtectionDomain().getCodeSource().getLocation());
        }
        for (String jar : List.of(JNA, GUAVA)) {
            urls.add(Path.of(System.getProperty("vsnd.old-libraries"), jar)
                    .toUri()
                    .toURL());
        }
        return new URLClassLoader("old-host", urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    @SuppressWarnings("unchecked") // the same interface in both class loaders: the JDK's
    private static Function<Map<String, String>, WeakReference<ClassLoader>> emulator(ClassLoader host)
            throws ReflectiveOperationException {
        Class<?> type = host.loadClass(OldEmulator.class.getName());
        assertThat(type).isNotSameAs(OldEmulator.class);
        return (Function<Map<String, String>, WeakReference<ClassLoader>>)
                type.getConstructor().newInstance();
    }

    private Map<String, String> run(int round, String time, String backend, int periods) {
        return Map.of(
                "archive", (round % 2 == 0 ? BuiltArchive.PATH : unpacked).toString(),
                "backend", backend,
                "periods", String.valueOf(periods),
                "time", time,
                "close", round % 3 == 0 ? "plugin" : "card",
                "jna", JNA,
                "guava", GUAVA);
    }

    private static void assertCollected(WeakReference<ClassLoader> loader) throws InterruptedException {
        for (int i = 0; i < TRIES && loader.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(loader.get()).as("the plugin's class loader").isNull();
    }

    private static void assertNothingSince(Footprint before) throws Exception {
        List<String> left = Footprint.now().since(before);
        for (int i = 0; i < TRIES && !left.isEmpty(); i++) { // threads that were told to end, the JDK's own children
            Thread.sleep(20);
            left = Footprint.now().since(before);
        }
        assertThat(left).as("what is left").isEmpty();
    }

    @Test
    void playsIntoAFileSampleForSampleAndLeavesNothingBehind() throws Exception {
        int periods = 100;
        try (URLClassLoader host = hostLoader()) {
            Function<Map<String, String>, WeakReference<ClassLoader>> emulator = emulator(host);
            Footprint before = null;
            for (int round = 0; round <= ROUNDS; round++) {
                Path wav = folder.resolve("round-" + round + ".wav");
                WeakReference<ClassLoader> loader = emulator.apply(run(round, "virtual", "wav:" + wav, periods));
                assertThat(WavFile.readFinished(wav).data()).isEqualTo(PlayingGuest.sound(periods));
                assertCollected(loader);
                if (round == 0) { // what is made once for the life of the JVM is there now
                    before = Footprint.now();
                } else {
                    assertNothingSince(before);
                }
            }
        }
    }

    /** libasound's device {@code null} takes all frames and needs no hardware; all the rest is as with a sound card. */
    @Test
    void playsThroughNativeCodeAndLeavesNothingBehindButOneJna() throws Exception {
        try (URLClassLoader host = hostLoader()) {
            Function<Map<String, String>, WeakReference<ClassLoader>> emulator = emulator(host);
            List<String> jnaBefore = Footprint.jnaLibraries();
            Footprint before = null;
            for (int round = 0; round <= ROUNDS; round++) {
                assertCollected(emulator.apply(run(round, "wall", "alsa:null", 30)));
                assertThat(Footprint.maps("libasound.so")).isTrue();
                if (round == 0) {
                    before = Footprint.now();
                } else {
                    assertNothingSince(before);
                }
            }
            List<String> jna = new ArrayList<>(Footprint.jnaLibraries());
            jna.removeAll(jnaBefore);
            assertThat(jna).as("the host's JNA and the plugin's").hasSize(2);
        }
    }
}
