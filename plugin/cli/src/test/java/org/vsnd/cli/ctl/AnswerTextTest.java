// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An answer for people")
class AnswerTextTest {
    private static List<String> lines(String json) {
        return AnswerText.lines(JsonParser.parseString(json));
    }

    @Test
    @DisplayName("is a table where it is a list of objects, also if they differ")
    void tables() {
        assertThat(
                        lines(
                                "{\"streams\":[{\"name\":\"output 0\",\"rate_hz\":48000},{\"name\":\"in\",\"db\":[-1.5,0],\"x\":{\"a\":1}}]}"))
                .containsExactly("name      rate_hz  db      x", "output 0  48000", "in                 -1.5,0  a=1");
    }

    @Test
    @DisplayName("is a line for each other value, named by its path")
    void lines() {
        assertThat(lines("{\"a\":1,\"b\":{\"c\":\"d\",\"e\":[1,2]},\"n\":null}"))
                .containsExactly("a: 1", "b.c: d", "b.e: 1,2");
        assertThat(lines("{}")).isEmpty();
    }
}
