package org.vsnd.it.picture;

import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.List;

/**
 * How long each of a row of events took, beside what would be ideal.
 *
 * @param title what took so long
 * @param millis of each, in order
 * @param idealMillis a line at this height
 */
public record IntervalPanel(String title, List<Double> millis, double idealMillis) implements Panel {
    private static final int HEIGHT = 150;
    private static final double DOT = 6;
    /** What is nearer to the ideal than this looks as near as it is. */
    private static final double LEAST_SPAN_MILLIS = 5;

    private static final double ROOM = 1.15;

    /** Copies the list. */
    public IntervalPanel {
        millis = List.copyOf(millis);
    }

    @Override
    public int heightPixels() {
        return HEIGHT;
    }

    @Override
    public Range across() {
        return new Range(0, millis.size() + 1.0, "");
    }

    @Override
    public Range up() {
        double span = LEAST_SPAN_MILLIS;
        for (double each : millis) {
            span = Math.max(span, Math.abs(each - idealMillis) * ROOM);
        }
        return new Range(idealMillis - span, idealMillis + span, "ms");
    }

    @Override
    public void draw(Graphics2D pen, Plot plot) {
        pen.setColor(Palette.IDEAL);
        pen.draw(new Line2D.Double(plot.left(), plot.y(idealMillis), plot.right(), plot.y(idealMillis)));
        pen.setColor(Palette.SOUND);
        for (int i = 0; i < millis.size(); i++) {
            double x = plot.x(i + 1.0);
            double y = plot.y(millis.get(i));
            pen.fill(new Ellipse2D.Double(x - DOT / 2, y - DOT / 2, DOT, DOT));
        }
    }
}
