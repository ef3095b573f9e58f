// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Color;

/** The colours of all pictures: told apart by people who do not see red and green as others do, too. */
public final class Palette {
    /** What is as it should be. */
    public static final Color SOUND = new Color(0x00_72_b2);
    /** The other direction. */
    public static final Color OTHER = new Color(0xe6_9f_00);
    /** What to compare with. */
    public static final Color IDEAL = new Color(0x00_9e_73);
    /** What is wrong. */
    public static final Color WRONG = new Color(0xd5_5e_00);

    static final Color PAPER = Color.WHITE;
    static final Color PLOT = new Color(0xf6_f7_f9);
    static final Color GRID = new Color(0xdc_df_e4);
    static final Color TEXT = new Color(0x30_34_3a);

    private Palette() {}
}
