package org.vsnd.it.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.List;

/**
 * How long each of a row of events took, beside what would be ideal and, if there is something to compare with, beside
 * another row.
 *
 * @param title what took so long
 * @param millis of each, in order
 * @param otherMillis of the other row, drawn in another colour; may be empty
 * @param idealMillis a line at this height
 */
public record IntervalPanel(String title, List<Double> millis, List<Double> otherMillis, double idealMillis)
        implements Panel {
    private static final int HEIGHT = 150;
    private static final double DOT = 6;
    /** What is nearer to the ideal than this looks as near as it is. */
    private static final double LEAST_SPAN_MILLIS = 5;

    private static final double ROOM = 1.15;

    /** Copies the lists. */
    public IntervalPanel {
        millis = List.copyOf(millis);
        otherMillis = List.copyOf(otherMillis);
    }

    /** One row only. */
    public IntervalPanel(String title, List<Double> millis, double idealMillis) {
        this(title, millis, List.of(), idealMillis);
    }

    @Override
    public int heightPixels() {
        return HEIGHT;
    }

    @Override
    public Range across() {
        return new Range(0, Math.max(millis.size(), otherMillis.size()) + 1.0, "");
    }

    @Override
    public Range up() {
        double span = Math.max(span(millis), span(otherMillis));
        return new Range(idealMillis - span, idealMillis + span, "ms");
    }

    private double span(List<Double> row) {
        double span = LEAST_SPAN_MILLIS;
        for (double each : row) {
            span = Math.max(span, Math.abs(each - idealMillis) * ROOM);
        }
        return span;
    }

    @Override
    public void draw(Graphics2D pen, Plot plot) {
        pen.setColor(Palette.IDEAL);
        pen.draw(new Line2D.Double(plot.left(), plot.y(idealMillis), plot.right(), plot.y(idealMillis)));
        drawDots(pen, plot, otherMillis, Palette.OTHER);
        drawDots(pen, plot, millis, Palette.SOUND);
    }

    private static void drawDots(Graphics2D pen, Plot plot, List<Double> row, Color color) {
        pen.setColor(color);
        for (int i = 0; i < row.size(); i++) {
            double x = plot.x(i + 1.0);
            double y = plot.y(row.get(i));
            pen.fill(new Ellipse2D.Double(x - DOT / 2, y - DOT / 2, DOT, DOT));
        }
    }
}
