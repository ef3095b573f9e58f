// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.measure.sound.WavFile;
import org.vsnd.plugin.load.LoadedPlugin;
import org.vsnd.plugin.load.PciIds;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.Snapshotable;

class HostExampleTest {
    private static final int PERIODS = 10;

    private final VirtualHost host =
            new VirtualHost(FlatMemory.open(0, PlayingGuest.RAM_BYTES), new InterruptLog(2048, false));

    @Test
    void theGuideShowsTheExampleLineForLine() throws IOException {
        List<String> guide = lines(Path.of("..", "..", "docs", "hosts.md"));
        int begin = guide.indexOf("```java") + 1;
        int end = begin + guide.subList(begin, guide.size()).indexOf("```");
        assertThat(begin).isPositive();
        assertThat(lines(Path.of("src/test/java/org/vsnd/plugin/archive/HostExample.java")))
                .containsSequence(guide.subList(begin, end));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(String::strip).toList();
    }

    @Test
    void theExampleIsHeard(@TempDir Path folder) throws Exception {
        Path wav = folder.resolve("out.wav");
        HostExample.Machine machine = new HostExample.Machine() {
            @Override
            public Host host() {
                return host;
            }

            @Override
            public void run(PciFunction card) {
                PlayingGuest.play(new VirtualBus(host, card), PERIODS);
            }
        };
        HostExample.run(machine, BuiltArchive.PATH, Map.of("backend", "wav:" + wav));
        assertThat(WavFile.readFinished(wav).data()).isEqualTo(PlayingGuest.sound(PERIODS));
    }

    @Test
    void aLoadedCardCanBeSavedAndRestored() throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(BuiltArchive.PATH)) {
            PciFunction card = plugin.create(host, Map.of("backend", "null"));
            card.writeConfig(0x3c, 1, 11);
            byte[] snapshot = card.ability(Snapshotable.class).orElseThrow().snapshot();
            PciFunction copy = plugin.create(host, Map.of("backend", "null"));
            copy.ability(Snapshotable.class).orElseThrow().restore(snapshot);
            assertThat(copy.readConfig(0x3c, 1)).isEqualTo(11);
        }
    }

    @Test
    void guestFindsTheIdsThatTheManifestNames() throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(BuiltArchive.PATH)) {
            PciFunction card = plugin.create(host, Map.of("backend", "null"));
            assertThat(plugin.descriptor().pci())
                    .isEqualTo(new PciIds(card.readConfig(0, 2), card.readConfig(2, 2), card.readConfig(8, 4) >>> 8));
        }
    }
}
