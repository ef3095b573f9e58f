package org.vsnd.it.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
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

    @Test
    void intervalsThatAreIdealCoverTheLine() throws Exception {
        BufferedImage image = draw(new IntervalPanel("exchanges", List.of(341.33, 341.33, 350.0), 341.33));

        assertThat(has(image, Palette.IDEAL.getRGB() & 0xff_ff_ff, 100, 300)).isTrue();
        assertThat(has(image, Palette.SOUND.getRGB() & 0xff_ff_ff, 100, 1200)).isTrue();
    }

    @Test
    void panelsStandBelowOneAnother() throws Exception {
        Panel panel = new IntervalPanel("exchanges", List.of(1.0), 1);

        assertThat(draw(panel, panel).getHeight() - draw(panel).getHeight()).isEqualTo(150 + 60);
    }

    @Test
    void ticksAreRoundNumbersInTheRange() {
        assertThat(new Range(0, 7.5, "s").ticks(10)).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
        assertThat(new Range(336, 347, "ms").ticks(4)).containsExactly(340.0, 345.0);
        assertThat(new Range(0, 1, "s").label(0.25)).isEqualTo("0.25 s");
        assertThat(new Range(0, 1, "s").label(1)).isEqualTo("1 s");
        assertThatThrownBy(() -> new Range(1, 1, "s")).isInstanceOf(IllegalArgumentException.class);
    }
}
