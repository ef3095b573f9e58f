// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path TOP = Path.of("..", "..");

    @Test
    void theOptionTableIsThatOfPluginYaml() throws IOException {
        List<String> rows = VirtioSoundPlugin.descriptor().options().stream()
                .map(option -> String.format(
                        "| `%s` | %s | %s | %s | %s |",
                        option.name(),
                        option.type().name().toLowerCase(Locale.ROOT),
                        option.defaultValue().isEmpty() ? "" : "`" + option.defaultValue() + "`",
                        option.unit().replace("|", "\\|"),
                        option.help()))
                .toList();
        List<String> readme = Files.readAllLines(TOP.resolve("README.md"));
        int table = readme.indexOf("| option | type | default | unit | |");
        assertThat(table).as("the table's head").isPositive();
        assertThat(readme.subList(table + 2, table + 2 + rows.size())).isEqualTo(rows);
        assertThat(readme.get(table + 2 + rows.size()))
                .as("the line after the table")
                .isEmpty();
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        assertThat(Files.readString(TOP.resolve("pom.xml")))
                .contains("<artifactId>vsnd</artifactId>\n  <version>"
                        + VirtioSoundPlugin.descriptor().version() + "<");
    }
}
