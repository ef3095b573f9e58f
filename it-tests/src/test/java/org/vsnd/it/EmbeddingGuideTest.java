// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.it.reference.PagedMemory;
import org.vsnd.it.reference.ReferenceBus;
import org.vsnd.it.reference.ReferenceHost;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.pci.ecam.EcamLayout;
import org.vsnd.pci.ecam.PciHostNode;
import org.vsnd.plugin.VirtioSoundPlugin;

@DisplayName("docs/embedding.md")
class EmbeddingGuideTest {
    private static final Path TOP = Path.of("..");
    private static final String FROM = "<!-- from ";
    private static final String FENCE = "```";
    private static final String REGION = "// guide: ";

    /**
     * A block of code in the guide.
     *
     * @param source the file and the region it says it is from
     */
    private record Block(String source, List<String> code) {}

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> guide = Files.readAllLines(TOP.resolve("docs/embedding.md"));
        for (int i = 0; i < guide.size(); i++) {
            if (guide.get(i).equals(FENCE + "java")) {
                String comment = guide.get(i - 1);
                assertThat(comment).as("the line above code").startsWith(FROM).endsWith(" -->");
                int end = i + 1 + guide.subList(i + 1, guide.size()).indexOf(FENCE);
                blocks.add(
                        new Block(comment.substring(FROM.length(), comment.length() - 4), guide.subList(i + 1, end)));
            }
        }
        return blocks;
    }

    /** A region of a source file, which starts and ends with a comment, without the indentation of that comment. */
    private static List<String> region(String source) throws IOException {
        int space = source.indexOf(' ');
        List<String> lines = Files.readAllLines(TOP.resolve(source.substring(0, space)));
        String start = REGION + source.substring(space + 1);
        List<String> region = new ArrayList<>();
        int indent = -1;
        for (String line : lines) {
            if (line.strip().equals(start)) {
                indent = line.indexOf(start);
            } else if (indent >= 0 && line.strip().equals(REGION + "end")) {
                return region;
            } else if (indent >= 0) {
                region.add(line.isBlank() ? "" : line.substring(indent));
            }
        }
        throw new AssertionError("no region " + source);
    }

    @Test
    @DisplayName("shows code that is compiled and tested, and no other")
    void showsTestedCode() throws IOException {
        List<Block> blocks = blocks();
        assertThat(blocks).hasSize(6);
        for (Block block : blocks) {
            assertThat(block.code()).as(block.source()).isEqualTo(region(block.source()));
        }
    }

    @Test
    @DisplayName("needs less than 100 lines, not counting comments, annotations, closing brackets and the throttle")
    void needsLessThanAHundredLines() throws IOException {
        long lines = blocks().stream()
                .filter(block -> !block.source().endsWith(" throttle"))
                .flatMap(block -> block.code().stream())
                .map(String::strip)
                .filter(line -> !line.isEmpty()
                        && !line.startsWith("//")
                        && !line.startsWith("/*")
                        && !line.startsWith("*")
                        && !line.startsWith("@")
                        && !line.matches("[})\\]]+;?"))
                .count();
        assertThat(lines).isBetween(50L, 99L);
    }

    @Test
    @DisplayName("leads from nothing to sound in a Haiku guest")
    void leadsFromNothingToSound(@TempDir Path folder) throws Exception {
        Path wav = folder.resolve("guest.wav");
        // guide: emulator
        byte[][] pages = new byte[8192][PagedMemory.PAGE]; // the emulator's memory, 32 MiB
        boolean[] lines = new boolean[4]; // what its interrupt controller looks at
        EcamLayout layout = new EcamLayout(0x3000_0000L, 0xe000_0000L, 0x1000_0000L);
        EcamHostBridge bridge = new EcamHostBridge(layout, (line, asserted) -> lines[line] = asserted);
        PagedMemory memory = new PagedMemory(0x8000_0000L, pages);
        Map<String, String> options = Map.of("backend", "wav:" + wav);
        ReferenceHost host = new ReferenceHost(memory, bridge.slot(1, 0), new VirtioSoundPlugin(), options);
        // guide: end
        GuestRam ram = GuestRam.ofPages(0x8000_0000L, pages);
        ReferenceBus bus = new ReferenceBus(host, bridge, ram, () -> lines[1], data -> 0);
        int periodBytes;
        try (HaikuGuest guest = new HaikuGuest(bus)) {
            MultiAudioNode node = guest.play(NodeSettings.of(SampleFormat.S16, 48_000));
            node.exchange(4);
            periodBytes = node.periodBytes();
        }
        bus.close();
        WavFile heard = WavFile.readFinished(wav);
        assertThat(heard.is(SoundFormat.S16_STEREO_48K)).isTrue();
        byte[] sound = BytePattern.bytes(0, 0, 2 * periodBytes);
        assertThat(heard.data()).hasSizeGreaterThan(sound.length).endsWith(sound);
    }

    @Test
    @DisplayName("tells how to tell the guest of the bus")
    void tellsTheGuestOfTheBus() {
        EcamLayout layout = new EcamLayout(0x3000_0000L, 0xe000_0000L, 0x1000_0000L);
        Map<String, List<Object>> tree = new LinkedHashMap<>();
        int plic = 3;
        // guide: tree
        List<List<Integer>> numbers = List.of(List.of(16), List.of(17), List.of(18), List.of(19));
        PciHostNode node = new PciHostNode(layout, plic, numbers); // goes to /soc or /, as node.name()
        node.properties().forEach(property -> tree.put(property.name(), property.values()));
        // guide: end
        assertThat(tree).containsKeys("compatible", "reg", "ranges", "interrupt-map");
    }
}
