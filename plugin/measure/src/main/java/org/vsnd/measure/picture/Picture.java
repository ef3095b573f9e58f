// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/** Panels below one another, as a PNG. */
public final class Picture {
    /** Height of ordinary text. */
    static final int TEXT_PIXELS = 13;

    private static final int WIDTH = 1200;
    private static final int LEFT = 90;
    private static final int RIGHT = 24;
    private static final int HEADING = 44;
    private static final int TITLE = 30;
    private static final int VERDICT = 26;
    private static final int BELOW = 46;
    private static final int KEY = 10;
    private static final int KEY_GAP = 18;
    private static final int HEADING_PIXELS = 18;

    private final String heading;
    private final Optional<Verdict> verdict;
    private final List<Panel> panels;

    /** A picture of these panels, the first at the top; without a heading if that is empty. */
    public Picture(String heading, List<Panel> panels) {
        this(heading, Optional.empty(), panels);
    }

    /** The same with a verdict below the heading. */
    public Picture(String heading, Verdict verdict, List<Panel> panels) {
        this(heading, Optional.of(verdict), panels);
    }

    private Picture(String heading, Optional<Verdict> verdict, List<Panel> panels) {
        this.heading = heading;
        this.verdict = verdict;
        this.panels = List.copyOf(panels);
    }

    /**
     * Draws it.
     *
     * @throws IOException if this Java cannot write or draw text: a font is missing
     */
    public byte[] png() throws IOException {
        int height = top();
        for (Panel panel : panels) {
            height += TITLE + panel.heightPixels() + BELOW;
        }
        BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
        try {
            draw(image);
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(DrawingObstacle.words(e), e);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("this Java cannot write PNG files");
        }
        return bytes.toByteArray();
    }

    /** What keeps this Java from drawing; a sentence that says what to install, empty if nothing does. */
    public static Optional<String> obstacle() {
        return DrawingObstacle.HERE;
    }

    /** Draws it into a file. */
    public void write(Path file) throws IOException {
        Files.write(file, png());
    }

    private void draw(BufferedImage image) {
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setColor(Palette.PAPER);
        pen.fillRect(0, 0, image.getWidth(), image.getHeight());
        pen.setColor(Palette.TEXT);
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, HEADING_PIXELS));
        pen.drawString(heading, RIGHT, HEADING - HEADING_PIXELS / 2);
        verdict.ifPresent(words -> {
            pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, TEXT_PIXELS));
            pen.setColor(words.good() ? Palette.IDEAL : Palette.WRONG);
            pen.drawString(words.words(), RIGHT, HEADING + VERDICT - TEXT_PIXELS);
        });
        int top = top();
        for (Panel panel : panels) {
            drawPanel(pen, panel, top);
            top += TITLE + panel.heightPixels() + BELOW;
        }
        pen.dispose();
    }

    private int top() {
        return (heading.isEmpty() ? 0 : HEADING) + (verdict.isPresent() ? VERDICT : 0);
    }

    /** At the right of a panel's title. */
    private static void drawKeys(Graphics2D pen, List<Key> keys, int baseline) {
        int x = WIDTH - RIGHT;
        for (int i = keys.size() - 1; i >= 0; i--) {
            Key key = keys.get(i);
            x -= pen.getFontMetrics().stringWidth(key.words());
            pen.setColor(Palette.TEXT);
            pen.drawString(key.words(), x, baseline);
            x -= KEY + KEY / 2;
            pen.setColor(key.color());
            pen.fillRect(x, baseline - KEY + 1, KEY, KEY);
            x -= KEY_GAP;
        }
    }

    private static void drawPanel(Graphics2D pen, Panel panel, int top) {
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, TEXT_PIXELS));
        pen.setColor(Palette.TEXT);
        pen.drawString(panel.title(), LEFT, top + TITLE - TEXT_PIXELS / 2);
        pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, TEXT_PIXELS - 2));
        drawKeys(pen, panel.keys(), top + TITLE - TEXT_PIXELS / 2);
        Rectangle area = new Rectangle(LEFT, top + TITLE, WIDTH - LEFT - RIGHT, panel.heightPixels());
        Plot plot = new Plot(area, panel.across(), panel.up());
        plot.drawAxes(pen);
        Shape paper = pen.getClip();
        pen.clip(area);
        panel.draw(pen, plot);
        pen.setClip(paper);
    }
}
