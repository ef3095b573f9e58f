// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MelodyRunTest {
    private static final Path CONSOLE = Path.of("/tmp/vsnd-boot1/console.log");

    @Test
    @DisplayName("a player that failed on a machine that stood still: its kernel's log, the stall, and what to do")
    void aStallIsNamed() {
        PlayerException failed = MelodyRun.playerFailed(
                "the guest could not play (aplay: write error)", "virtio_snd: timeout", 12_500_000_000L, CONSOLE);

        assertThat(failed.brief()).endsWith("(aplay: write error); this machine stood still for 12.5 s at the longest");
        assertThat(failed)
                .hasMessageStartingWith(failed.brief())
                .hasMessageContaining("the guest's kernel says: virtio_snd: timeout")
                .hasMessageContaining("end what else runs here")
                .hasMessageNotContaining("report");
    }

    @Test
    @DisplayName("on a machine that ran evenly it is to be reported with its logs")
    void withoutAStall() {
        assertThat(MelodyRun.playerFailed("the guest could not record", "nothing", 300_000, CONSOLE))
                .hasMessageContaining("report this with the logs in /tmp/vsnd-boot1");
    }
}
