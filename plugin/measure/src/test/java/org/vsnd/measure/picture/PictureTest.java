// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static BufferedImage draw(Panel... panels) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(new Picture("heading", List.of(panels)).png()));
    }

    private static boolean has(BufferedImage image, int rgb, int fromColumn, int toColumn) {
        for (int x = fromColumn; x < toColumn; x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                if ((image.getRGB(x, y) & 0xff_ff_ff) == rgb) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void soundIsSeenWhereItIsAndSilenceIsALine() throws Exception {
        WaveformPanel half = new WaveformPanel("sound", 48_000, 48_000, frame -> frame < 24_000 ? frame % 2 - 0.5 : 0);
        BufferedImage image = draw(half);
        int sound = Palette.SOUND.getRGB() & 0xff_ff_ff;

        int soundRows = 0;
        int silentRows = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            soundRows += (image.getRGB(300, y) & 0xff_ff_ff) == sound ? 1 : 0;
            silentRows += (image.getRGB(1000, y) & 0xff_ff_ff) == sound ? 1 : 0;
        }
        assertThat(soundRows).isBetween(45, 65); // half of the panel's height
        assertThat(silentRows).isEqualTo(1);
    }

    @Test
    void noSoundAtAllIsAnEmptyPanel() throws Exception {
        BufferedImage image = draw(new WaveformPanel("nothing", 0, 48_000, frame -> 1));

        assertThat(has(image, Palette.SOUND.getRGB() & 0xff_ff_ff, 0, image.getWidth()))
                .isFalse();
    }

    private static IntervalPanel intervals(List<Double> millis, List<Double> others, double idealMillis) {
        return new IntervalPanel(
                "exchanges",
                "number",
                new IntervalPanel.Row("this", millis),
                new IntervalPanel.Row("other", others),
                "ideal",
                idealMillis);
    }

    @Test
    @DisplayName("one that is far off is an arrow at the edge and leaves the others apart from each other")
    void anOutlierPressesNothingFlat() throws Exception {
        List<Double> millis = new ArrayList<>(Collections.nCopies(20, 341.0));
        millis.set(3, 343.0);
        millis.set(7, 9_000.0);
        IntervalPanel panel = intervals(millis, List.of(), 341.33);

        assertThat(panel.up().to() - panel.up().from()).isLessThan(20);
        BufferedImage image = draw(panel);
        int column = 90 + 8 * (1200 - 90 - 24) / 21;
        assertThat(has(image, Palette.SOUND.getRGB() & 0xff_ff_ff, column - 2, column + 2))
                .isTrue();
    }

    @Test
    @DisplayName("a few that are only somewhat off have their places")
    void whatIsNearHasItsPlace() {
        IntervalPanel panel = intervals(List.of(341.0, 350.0, 352.0, 341.0, 341.0, 341.0), List.of(), 341.33);

        assertThat(panel.up().to()).isGreaterThan(352);
    }

    @Test
    @DisplayName("axes have names with units, and colours a legend")
    void axesAndColoursAreExplained() {
        IntervalPanel panel = intervals(List.of(341.0), List.of(340.0), 341.33);
        WaveformPanel wave = new WaveformPanel("sound", 480, 48_000, frame -> 0);

        assertThat(List.of(
                        panel.across().title(),
                        panel.up().title(),
                        wave.across().title(),
                        wave.up().title()))
                .containsExactly("number", "duration (ms)", "time (s)", "level (%)");
        assertThat(panel.keys()).extracting(Key::words).containsExactly("this", "other", "ideal: 341.33 ms");
    }

    @Test
    @DisplayName("a verdict stands below the heading, in the colour of its kind")
    void aVerdictIsSeen() throws Exception {
        Panel panel = intervals(List.of(1.0), List.of(), 1);
        byte[] png = new Picture("heading", new Verdict(false, "NOT well"), List.of(panel)).png();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));

        assertThat(image.getHeight()).isGreaterThan(draw(panel).getHeight());
        assertThat(has(image, Palette.WRONG.getRGB() & 0xff_ff_ff, 0, 300)).isTrue();
    }

    @Test
    void intervalsThatAreIdealCoverTheLine() throws Exception {
        BufferedImage image = draw(intervals(List.of(341.33, 341.33, 350.0), List.of(), 341.33));

        assertThat(has(image, Palette.IDEAL.getRGB() & 0xff_ff_ff, 100, 300)).isTrue();
        assertThat(has(image, Palette.SOUND.getRGB() & 0xff_ff_ff, 100, 1200)).isTrue();
    }

    @Test
    void intervalsToCompareWithHaveAColourOfTheirOwn() throws Exception {
        BufferedImage image = draw(intervals(List.of(341.33), List.of(350.0, 330.0), 341.33));

        assertThat(has(image, Palette.OTHER.getRGB() & 0xff_ff_ff, 90, 1200)).isTrue();
        assertThat(has(image, Palette.SOUND.getRGB() & 0xff_ff_ff, 90, 1200)).isTrue();
    }

    @Test
    void barsAndMarksOfATimelineAreWhereTheyBelong() throws Exception {
        TimelinePanel.Lane bars =
                new TimelinePanel.Lane("playback", Palette.SOUND, List.of(new TimelinePanel.Bar(0.25, 0.5)), List.of());
        TimelinePanel.Lane marks = new TimelinePanel.Lane("interrupts", Palette.WRONG, List.of(), List.of(0.75));
        BufferedImage image = draw(new TimelinePanel("messages", List.of(bars, marks), 1));
        int sound = Palette.SOUND.getRGB() & 0xff_ff_ff;
        int wrong = Palette.WRONG.getRGB() & 0xff_ff_ff;

        assertThat(has(image, sound, 90, 360)).isFalse(); // 1086 pixels from 90 on
        assertThat(has(image, sound, 364, 630)).isTrue();
        assertThat(has(image, sound, 634, 1200)).isFalse();
        assertThat(has(image, wrong, 90, 900) || has(image, wrong, 910, 1200)).isFalse();
        assertThat(draw(new TimelinePanel("none", List.of(), 0)).getHeight()).isPositive();
    }

    @Test
    void panelsStandBelowOneAnother() throws Exception {
        Panel panel = intervals(List.of(1.0), List.of(), 1);

        assertThat(draw(panel, panel).getHeight() - draw(panel).getHeight()).isEqualTo(150 + 76);
    }

    @Test
    void ticksAreRoundNumbersInTheRange() {
        assertThat(new Range(0, 7.5, "s", "time").ticks(10)).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
        assertThat(new Range(336, 347, "ms", "duration").ticks(4)).containsExactly(340.0, 345.0);
        assertThat(new Range(0, 1, "s", "time").label(0.25)).isEqualTo("0.25");
        assertThat(new Range(0, 1, "s", "time").label(1)).isEqualTo("1");
        assertThatThrownBy(() -> new Range(1, 1, "s", "time")).isInstanceOf(IllegalArgumentException.class);
    }
}
