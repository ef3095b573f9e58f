// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vsnd.cli.serve.Front;

class PrintedRunTest {
    @Test
    void theCardIsServedWhereTheMachineLooksForIt() {
        Qemu qemu = new Qemu(List.of("qemu", "-L", "/firmware"), Map.of("MODULES", "/m"), "a test");
        Machine machine =
                new Machine(Accelerator.TCG, "1G", List.of(), false, "none", Path.of("/s.log"), List.of("-S"));
        Map<String, String> options = new LinkedHashMap<>(Map.of("backend", "null"));
        options.put("profile", "haiku");

        String[] commands = PrintedRun.text(
                        "/v/vsnd", Path.of("/run/x"), options, new AttachingQemu(qemu, Front.VFIO_USER), machine)
                .split("\n\n", -1);

        assertThat(commands).hasSize(2);
        assertThat(commands[0])
                .endsWith(
                        "\n/v/vsnd serve \\\n  --once \\\n  --socket /run/x \\\n  --backend null \\\n  --set profile=haiku");
        assertThat(commands[1])
                .contains("\nMODULES=/m qemu \\\n  -L /firmware \\\n  -machine ")
                .contains("\"path\":\"/run/x\"")
                .endsWith(" \\\n  -S\n");
    }
}
