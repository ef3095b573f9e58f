// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The report of replays")
class ReplayReportTest {
    private static final Pattern PICTURE = Pattern.compile("src=\"data:image/png;base64,([^\"]+)\"");

    @TempDir
    Path folder;

    @Test
    @DisplayName("is one file with a verdict, what differs, and a picture of each trace that has sound")
    void isOneFile() throws Exception {
        Path file = folder.resolve("report.html");
        ReplayReport.write(
                file,
                List.of(
                        EditedTrace.of("boot_probe").replay(),
                        EditedTrace.of("output_only_device").replay(),
                        EditedTrace.of("hang_output_only_backend_no_rx").replay()));
        String html = Files.readString(file);
        assertThat(PICTURE.matcher(html).replaceAll("src=\"\"")) // whose letters may be any
                .contains(
                        "3 of 3 passed: nothing",
                        "<dt>access</dt>",
                        "No sound was exchanged",
                        "capability pointer",
                        "outputs=1")
                .contains("bytes of 3 playback buffers", "With this card it would go on")
                .contains("does not accept VIRTIO_F_VERSION_1", "section 6.1, PCI-11")
                .doesNotContain("FAIL", "http:", "https:", "<script", "<link");
        Matcher picture = PICTURE.matcher(html);
        int pictures = 0;
        while (picture.find()) {
            byte[] png = Base64.getDecoder().decode(picture.group(1));
            assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(1200);
            pictures++;
        }
        assertThat(pictures).isEqualTo(2);
    }

    @Test
    @DisplayName("lists failures with line, expectation and what came, and nothing in it is taken for HTML")
    void listsFailures() {
        CardFactory wrong = Dishonest.register(-1, 0, 2, 0, 0x1af5);
        ReplayResult result = EditedTrace.of("boot_probe").replay(wrong);
        assertThat(ReplayReport.html(List.of(result))).contains("0 of 1 passed", "FAIL", "vendor id", "0xf4", "0xf5");
        ReplayResult hostile = new ReplayResult(
                "<b>&\"",
                result.options(),
                result.counts(),
                List.of(new Failure(0, "<script>", "a", "b")),
                List.of(),
                List.of(),
                result.hang(),
                List.of(),
                result.interrupts(),
                List.of());
        assertThat(ReplayReport.html(List.of(hostile)))
                .contains("&lt;b&gt;&amp;&quot;", "&lt;script&gt;", "more.", "does nothing against the standard")
                .doesNotContain("<script>");
    }
}
