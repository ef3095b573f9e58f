// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Initramfs;
import org.vsnd.cli.boot.PcmClip;
import org.vsnd.cli.boot.Synthesizer;
import org.vsnd.plugin.VirtioSoundPlugin;

/** Debian's kernel for RISC-V with its own driver, its aplay and arecord, in the real Sedna. */
class SednaGuestTest {
    private static final int INTERRUPT = 5;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int RECORDED_FRAMES = 24_000; // init.sh asks for so many

    @TempDir
    private Path folder;

    @Test
    void debianPlaysAndRecordsSampleBySample() throws Exception {
        GuestParts parts = GuestParts.obtainRiscv(CacheFolder.standard(System.getenv()), System.err::println);
        PcmClip played = Synthesizer.sweep(1);
        PcmClip given = Synthesizer.melody();
        Path out = folder.resolve("out.wav");
        Path in = Files.write(folder.resolve("in.wav"), given.toWav());
        Path initrd = folder.resolve("initrd");
        new Initramfs(parts, init()).file("played.wav", played.toWav()).write(initrd);

        String console;
        try (SednaMachine machine = new SednaMachine(parts, initrd)) {
            Map<String, String> options = Map.of("backend", "wav:" + out + ",in=" + in);
            try (SednaSoundCard card = SednaSoundCard.plugInto(
                    machine.board(), machine.board().getCpu(), INTERRUPT, new VirtioSoundPlugin(), options)) {
                assertThat(card).isNotNull();
                console = machine.run(LIMIT);
            }
        }

        System.err.println(console.replaceAll("(?s)@@begin.*@@end", "@@begin ... @@end"));
        assertThat(console).contains("VirtIO SoundCard", "@@played 0", "@@recorded 0");
        PcmClip heard = PcmClip.readWav(out);
        assertThat(heard.find(played)).isNotNegative();
        PcmClip recorded = recorded(console);
        assertThat(recorded.frames()).isEqualTo(RECORDED_FRAMES);
        assertThat(given.find(recorded)).isNotNegative();
    }

    private static PcmClip recorded(String console) {
        String text = console.substring(console.indexOf("@@begin") + "@@begin".length(), console.indexOf("@@end"));
        return new PcmClip(Base64.getMimeDecoder().decode(text));
    }

    private static byte[] init() throws Exception {
        try (var in = SednaGuestTest.class.getResourceAsStream("init.sh")) {
            return in.readAllBytes();
        }
    }
}
