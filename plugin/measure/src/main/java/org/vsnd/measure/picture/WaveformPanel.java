// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Graphics2D;
import java.util.function.IntToDoubleFunction;

/**
 * Sound over time: in each pixel column the span from the smallest to the largest sample.
 *
 * @param title what is heard
 * @param frames how many
 * @param rateHz of them
 * @param sample of a frame, -1 to 1
 */
public record WaveformPanel(String title, int frames, int rateHz, IntToDoubleFunction sample) implements Panel {
    private static final int HEIGHT = 110;
    /** In percent, of the largest sample there can be. */
    private static final double FULL_SCALE = 100;

    @Override
    public int heightPixels() {
        return HEIGHT;
    }

    @Override
    public Range across() {
        return new Range(0, Math.max(1, frames) / (double) rateHz, "s", "time");
    }

    @Override
    public Range up() {
        return new Range(-FULL_SCALE, FULL_SCALE, "%", "level");
    }

    @Override
    public void draw(Graphics2D pen, Plot plot) {
        pen.setColor(Palette.SOUND);
        for (int column = plot.left(); column < plot.right(); column++) {
            int from = (int) (plot.atColumn(column) * rateHz);
            int to = Math.min(frames, Math.max(from + 1, (int) (plot.atColumn(column + 1) * rateHz)));
            double least = 1;
            double most = -1;
            for (int frame = from; frame < to; frame++) {
                double value = sample.applyAsDouble(frame);
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            if (most >= least) {
                pen.drawLine(column, (int) plot.y(most * FULL_SCALE), column, (int) plot.y(least * FULL_SCALE));
            }
        }
    }
}
