// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.Shape;
import java.awt.geom.AffineTransform;

/** A rectangle of pixels with an axis below and one at its left: turns numbers into places. */
public final class Plot {
    private static final int PIXELS_PER_TICK_ACROSS = 110;
    private static final int PIXELS_PER_TICK_UP = 36;
    private static final int GAP = 5;
    private static final int UPRIGHT = 56;

    private final Rectangle area;
    private final Range across;
    private final Range up;

    Plot(Rectangle area, Range across, Range up) {
        this.area = area;
        this.across = across;
        this.up = up;
    }

    /** The pixel column of a number, inside or outside the plot. */
    public double x(double value) {
        return area.x + (value - across.from()) / (across.to() - across.from()) * area.width;
    }

    /** The pixel row of a number. */
    public double y(double value) {
        return area.y + area.height - (value - up.from()) / (up.to() - up.from()) * area.height;
    }

    /** First pixel row. */
    public int top() {
        return area.y;
    }

    /** Row below the last one. */
    public int bottom() {
        return area.y + area.height;
    }

    /** The number at a pixel column's left edge. */
    public double atColumn(int column) {
        return across.from() + (double) (column - area.x) / area.width * (across.to() - across.from());
    }

    /** First pixel column. */
    public int left() {
        return area.x;
    }

    /** Column behind the last one. */
    public int right() {
        return area.x + area.width;
    }

    /** Writes a few words at the left of the plot, where an axis has its numbers. */
    void labelLane(Graphics2D pen, String words, double baseline) {
        Shape clip = pen.getClip();
        pen.setClip(null);
        float width = pen.getFontMetrics().stringWidth(words);
        pen.drawString(words, area.x - width - GAP, (float) baseline);
        pen.setClip(clip);
    }

    /** Draws background, grid, numbers and names. */
    void drawAxes(Graphics2D pen) {
        pen.setColor(Palette.PLOT);
        pen.fill(area);
        for (double tick : across.ticks(Math.max(2, area.width / PIXELS_PER_TICK_ACROSS))) {
            int column = (int) Math.round(x(tick));
            pen.setColor(Palette.GRID);
            pen.drawLine(column, area.y, column, area.y + area.height);
            if (!across.name().isEmpty()) {
                String label = across.label(tick);
                pen.setColor(Palette.TEXT);
                int width = pen.getFontMetrics().stringWidth(label);
                pen.drawString(label, column - width / 2, area.y + area.height + Picture.TEXT_PIXELS + GAP);
            }
        }
        int nameWidth = pen.getFontMetrics().stringWidth(across.title());
        pen.drawString(
                across.title(),
                area.x + (area.width - nameWidth) / 2,
                area.y + area.height + 2 * (Picture.TEXT_PIXELS + GAP) - 2);
        if (up.name().isEmpty()) {
            return;
        }
        drawUpright(pen, up.title());
        for (double tick : up.ticks(Math.max(2, area.height / PIXELS_PER_TICK_UP))) {
            int row = (int) Math.round(y(tick));
            pen.setColor(Palette.GRID);
            pen.drawLine(area.x, row, area.x + area.width, row);
            String label = up.label(tick);
            pen.setColor(Palette.TEXT);
            int width = pen.getFontMetrics().stringWidth(label);
            pen.drawString(label, area.x - width - GAP, row + Picture.TEXT_PIXELS / 3);
        }
    }

    /** From bottom to top, at the left of the numbers. */
    private void drawUpright(Graphics2D pen, String words) {
        AffineTransform level = pen.getTransform();
        int width = pen.getFontMetrics().stringWidth(words);
        pen.translate(area.x - UPRIGHT, area.y + (area.height + width) / 2);
        pen.rotate(-Math.PI / 2);
        pen.drawString(words, 0, 0);
        pen.setTransform(level);
    }
}
