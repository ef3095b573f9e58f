// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * What was under way when, one lane for each kind.
 *
 * @param title what happens
 * @param lanes from top to bottom
 * @param seconds what is shown, from 0 on
 */
public record TimelinePanel(String title, List<Lane> lanes, double seconds) implements Panel {
    private static final int LANE = 30;
    private static final double BAR = 16;
    private static final double LABEL = 11;
    private static final double SEAM = 1;

    /**
     * Bars and marks of one kind.
     *
     * @param label written in front of the lane
     * @param bars from when to when
     * @param marks moments, drawn as ticks
     */
    public record Lane(String label, Color color, List<Bar> bars, List<Double> marks) {
        /** Copies the lists. */
        public Lane {
            bars = List.copyOf(bars);
            marks = List.copyOf(marks);
        }
    }

    /** From when to when, in seconds. */
    public record Bar(double from, double to) {}

    /** Copies the list. */
    public TimelinePanel {
        lanes = List.copyOf(lanes);
    }

    @Override
    public int heightPixels() {
        return lanes.size() * LANE;
    }

    @Override
    public Range across() {
        return new Range(0, Math.max(seconds, 1e-3), "s", "time");
    }

    @Override
    public Range up() {
        return new Range(0, Math.max(lanes.size(), 1), "", "");
    }

    @Override
    public void draw(Graphics2D pen, Plot plot) {
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, (int) LABEL));
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            double middle = plot.y(lanes.size() - i - 0.5);
            pen.setColor(lane.color());
            for (Bar bar : lane.bars()) {
                double left = plot.x(bar.from());
                double width = Math.max(plot.x(bar.to()) - left - SEAM, SEAM); // a seam shows where one ends
                pen.fill(new Rectangle2D.Double(left, middle - BAR / 2, width, BAR));
            }
            for (double mark : lane.marks()) {
                double x = plot.x(mark);
                pen.draw(new Line2D.Double(x, middle - BAR / 2, x, middle + BAR / 2));
            }
            pen.setColor(Palette.TEXT);
            plot.labelLane(pen, lane.label(), middle + LABEL / 3);
        }
    }
}
