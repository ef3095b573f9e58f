// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Graphics2D;
import java.util.List;

/** One of a {@link Picture}'s drawings, from its left edge to its right one. */
public interface Panel {
    /** What is to be seen, in a few words. */
    String title();

    /** Height of the drawing without title and axis, in pixels. */
    int heightPixels();

    /** What is shown from edge to edge; the same for all panels that shall be read together. */
    Range across();

    /** What is shown from bottom to top. */
    Range up();

    /** What its colours mean, if that has to be said. */
    default List<Key> keys() {
        return List.of();
    }

    /** Draws itself; the plot's axes are there already. */
    void draw(Graphics2D pen, Plot plot);
}
