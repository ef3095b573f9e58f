// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Java that cannot draw lacks, found by drawing a letter once: the JDK's own libraries for fonts need libraries of
 * the system's that a headless JDK's package only recommends.
 */
final class DrawingObstacle {
    /** Debian's names; the same in 12 and 13. */
    private static final Map<String, String> PACKAGES = Map.of(
            "libharfbuzz", "libharfbuzz0b",
            "libfreetype", "libfreetype6",
            "libfontconfig", "libfontconfig1",
            "liblcms2", "liblcms2-2");

    private static final String FONTS = "fontconfig fonts-dejavu-core";
    private static final List<Path> FONT_FILES = List.of(Path.of("/etc/fonts/fonts.conf"), Path.of("/usr/share/fonts"));

    private static final Pattern LIBRARY = Pattern.compile("(lib[A-Za-z0-9]+)[-.0-9]*\\.so[.0-9]*: cannot open");

    /** Asked once: the JDK remembers a failure, and says less of it the second time. */
    static final Optional<String> HERE = draw();

    private DrawingObstacle() {}

    private static Optional<String> draw() {
        try {
            Graphics2D pen = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB).createGraphics();
            pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 8));
            pen.drawString("v", 0, 8);
            pen.dispose();
            return Optional.empty();
        } catch (RuntimeException | LinkageError e) {
            return Optional.of(words(e));
        }
    }

    static String words(Throwable thrown) {
        return words(thrown, FONT_FILES.stream().allMatch(Files::exists));
    }

    /**
     * A sentence for what drawing has thrown, which is the first thing that is missing only.
     *
     * @param fonts whether this system seems to have any
     */
    static String words(Throwable thrown, boolean fonts) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            Matcher library = LIBRARY.matcher(String.valueOf(each.getMessage()));
            if (library.find()) {
                String named = PACKAGES.getOrDefault(library.group(1), "the package that has it");
                return "this Java cannot draw, it lacks " + library.group(1) + ": apt-get install " + named
                        + (fonts ? "" : " " + FONTS);
            }
            if (each instanceof NoClassDefFoundError missing
                    && String.valueOf(missing.getMessage()).startsWith("java/awt")) {
                return "this Java lacks the module java.desktop: use one that has it";
            }
        }
        return "this Java cannot draw, it finds no font: apt-get install " + FONTS;
    }
}
