package org.vsnd.plugin;

import java.util.Locale;

/** The kinds of option value that {@code plugin.yaml} knows. */
public enum OptionType {
    /** Any text. */
    STRING,
    /** A whole number between {@code min} and {@code max}. */
    INTEGER,
    /** Two whole numbers {@code LOW-HIGH}, or one for both. */
    RANGE,
    /** One of {@code choices}. */
    CHOICE,
    /** One or more of {@code choices}, separated by commas. */
    LIST,
    /** {@code on} or {@code off}. */
    SWITCH,
    /** A whole number with {@code us}, {@code ms} or {@code s}. */
    DURATION;

    static OptionType of(String yaml) {
        return valueOf(yaml.toUpperCase(Locale.ROOT));
    }
}
