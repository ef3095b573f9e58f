// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.SetMultimap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.it.conformance.Citations.TestMethod;

/**
 * Keeps {@code docs/conformance.md}, which is made from the tests' annotations. With {@code -Dvsnd.help.write=true} the
 * file is written instead of compared.
 */
@DisplayName("Each requirement of the specification")
class ConformanceTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path TABLE = ROOT.resolve("docs/conformance.md");
    private static final Map<String, String> CHAPTERS =
            Map.of("SND", "Sound device", "PCI", "Generic device facilities and virtio-pci", "VQ", "Virtqueues");

    private static List<Requirement> requirements;
    private static Citations citations;

    @BeforeAll
    static void read() throws IOException {
        requirements = Requirement.all();
        citations = Citations.of(ROOT);
    }

    @Test
    @DisplayName("is shown by a test, or it is said why it does not apply")
    void isShownOrArgued() {
        assertThat(requirements)
                .filteredOn(each -> citations.byId().get(each.id()).isEmpty()
                        && each.reason().isEmpty())
                .extracting(each -> each.id() + " " + each.level() + " " + each.text())
                .isEmpty();
    }

    @Test
    @DisplayName("that tests name is one that there is, and none of those tests is switched off")
    void isOneThatThereIs() {
        Set<String> known = requirements.stream().map(Requirement::id).collect(Collectors.toCollection(TreeSet::new));
        assertThat(known).containsAll(citations.byId().keySet());
        assertThat(citations.disabled()).isEmpty();
    }

    @Test
    @DisplayName("is in docs/conformance.md, with its tests")
    void isInTheTable() throws IOException {
        String table = table();
        if (Boolean.getBoolean("vsnd.help.write")) {
            Files.writeString(TABLE, table);
        }
        assertThat(TABLE)
                .as("run ConformanceTest with -Dvsnd.help.write=true to bring it up to date")
                .hasContent(table);
    }

    private static String table() {
        long argued = requirements.stream()
                .filter(each -> citations.byId().get(each.id()).isEmpty())
                .count();
        StringBuilder out = new StringBuilder(HEAD);
        out.append(String.format(
                "%nOf %d requirements tests show %d; %d do not apply to this card.%n",
                requirements.size(), requirements.size() - argued, argued));
        String chapter = "";
        for (Requirement each : requirements) {
            if (!each.chapter().equals(chapter)) {
                chapter = each.chapter();
                out.append("\n## ").append(CHAPTERS.get(chapter)).append("\n\n");
                out.append("| id | level | section | requirement | shown by |\n|---|---|---|---|---|\n");
            }
            out.append(String.format(
                    "| %s | %s | %s | %s | %s |%n",
                    each.id(), each.level(), each.section(), each.text(), shownBy(each)));
        }
        return out.toString();
    }

    private static String shownBy(Requirement each) {
        SetMultimap<String, TestMethod> byId = citations.byId();
        if (byId.get(each.id()).isEmpty()) {
            return "does not apply: " + each.reason();
        }
        return byId.get(each.id()).stream()
                .map(test -> "[" + test.name() + "](../" + test.file() + ")")
                .collect(Collectors.joining(", "));
    }

    private static final String HEAD = """
            # Conformance to VIRTIO 1.4

            Every requirement on a sound device, its PCI transport and its rings, and the tests that show it. Made from the tests'
            annotations: the build fails if a requirement has no test and no reason, or if this file is not up to date
            (`ConformanceTest`; `-Dvsnd.help.write=true` writes it).

            MUST, SHOULD and MAY are the device's. DEF is a fact of the format, or a duty of drivers on which a device cannot rely. DES
            is our own decision where the specification says nothing. Sections are those of VIRTIO 1.4 (committee specification 01).
            """;
}
