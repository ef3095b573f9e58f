// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkdownTableTest {
    @Test
    void columnsLineUp() {
        MarkdownTable table = new MarkdownTable("card", "p99");
        table.row("vsnd", "21.3");
        table.row("QEMU", "9");

        assertThat(table.toString()).isEqualTo("""
                        | card | p99  |
                        |------|------|
                        | vsnd | 21.3 |
                        | QEMU | 9    |
                        """);
    }

    @Test
    void aRowHasAsManyCellsAsThereAreHeadings() {
        MarkdownTable table = new MarkdownTable("card", "p99");

        assertThatThrownBy(() -> table.row("vsnd")).isInstanceOf(IllegalArgumentException.class);
    }
}
