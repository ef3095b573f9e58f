// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.vsnd.measure.Sample;

/**
 * How long each of a row of events took, beside what would be ideal and, if there is something to compare with, beside
 * another row. What is far away from all others is an arrow at the edge with its number: it would press the others flat.
 *
 * @param title what took so long
 * @param counted what an event is, for the axis
 * @param row its name and the milliseconds of each event, in order
 * @param other the row to compare with, drawn in another colour; may be empty
 * @param idealName what the line at {@code idealMillis} is
 * @param idealMillis what is as it should be
 */
public record IntervalPanel(String title, String counted, Row row, Row other, String idealName, double idealMillis)
        implements Panel {
    private static final int HEIGHT = 150;
    private static final double DOT = 6;
    /** What is compared with is seen around a dot that covers it. */
    private static final double RING = 11;

    private static final double ARROW = 9;
    /** What is nearer to the ideal than this looks as near as it is. */
    private static final double LEAST_SPAN_MILLIS = 5;

    private static final double ROOM = 1.15;
    /** Most of a row lies in its panel, and what is some times as far off as the most of it does not. */
    private static final int MOST = 90;

    private static final double FAR = 3;

    /** Milliseconds, and whose. */
    public record Row(String name, List<Double> millis) {
        /** Nothing. */
        public static final Row NONE = new Row("", List.of());

        /** Copies the list. */
        public Row {
            millis = List.copyOf(millis);
        }
    }

    @Override
    public int heightPixels() {
        return HEIGHT;
    }

    @Override
    public Range across() {
        return new Range(0, Math.max(row.millis().size(), other.millis().size()) + 1.0, "", counted);
    }

    @Override
    public Range up() {
        double span = Math.max(span(row.millis()), span(other.millis()));
        double to = idealMillis + span;
        // nothing takes less than no time: only a dot's room below 0
        return new Range(Math.max(idealMillis - span, -to * DOT / HEIGHT), to, "ms", "duration");
    }

    private double span(List<Double> millis) {
        Sample off = Sample.of(millis.stream().map(each -> each - idealMillis).toList())
                .sizes();
        if (off.count() == 0) {
            return LEAST_SPAN_MILLIS;
        }
        double most = Math.max(LEAST_SPAN_MILLIS, off.percentile(MOST) * FAR);
        return Math.max(LEAST_SPAN_MILLIS, Math.min(most, off.percentile(100) * ROOM));
    }

    @Override
    public List<Key> keys() {
        List<Key> keys = new ArrayList<>(List.of(new Key(Palette.SOUND, row.name())));
        if (!other.millis().isEmpty()) {
            keys.add(new Key(Palette.OTHER, other.name()));
        }
        keys.add(new Key(Palette.IDEAL, String.format(Locale.ROOT, "%s: %.2f ms", idealName, idealMillis)));
        return keys;
    }

    @Override
    public void draw(Graphics2D pen, Plot plot) {
        pen.setColor(Palette.IDEAL);
        pen.draw(new Line2D.Double(plot.left(), plot.y(idealMillis), plot.right(), plot.y(idealMillis)));
        drawDots(pen, plot, other.millis(), Palette.OTHER, RING);
        drawDots(pen, plot, row.millis(), Palette.SOUND, DOT);
    }

    private static void drawDots(Graphics2D pen, Plot plot, List<Double> millis, Color color, double size) {
        for (int i = 0; i < millis.size(); i++) {
            double x = plot.x(i + 1.0);
            double y = plot.y(millis.get(i));
            pen.setColor(color);
            if (y < plot.top() || y > plot.bottom()) {
                drawArrow(
                        pen,
                        x,
                        y < plot.top() ? plot.top() : plot.bottom(),
                        y < plot.top() ? 1 : -1,
                        size,
                        millis.get(i));
            } else {
                pen.fill(new Ellipse2D.Double(x - size / 2, y - size / 2, size, size));
            }
        }
    }

    /** @param inward 1 if the panel is below the edge, -1 if it is above */
    private static void drawArrow(Graphics2D pen, double x, double edge, int inward, double size, double millis) {
        Path2D arrow = new Path2D.Double();
        arrow.moveTo(x, edge);
        arrow.lineTo(x - size, edge + inward * ARROW);
        arrow.lineTo(x + size, edge + inward * ARROW);
        arrow.closePath();
        pen.fill(arrow);
        String words = String.format(Locale.ROOT, "%.0f ms", millis); // in its colour; the larger ones' at the left
        double at = size == DOT
                ? x + 2 * ARROW
                : x - 2 * ARROW - pen.getFontMetrics().stringWidth(words);
        pen.drawString(words, (float) at, (float) (edge + inward * ARROW + (inward < 0 ? 0 : ARROW / 2)));
    }
}
