// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

    static Optional<OptionType> of(String yaml) {
        return Arrays.stream(values()).filter(type -> type.yaml().equals(yaml)).findFirst();
    }

    /** As {@code plugin.yaml} writes it. */
    String yaml() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it has {@code min} and {@code max}. */
    boolean isBounded() {
        return this == INTEGER || this == RANGE || this == DURATION;
    }

    /** Whether it has {@code choices}. */
    boolean isChosen() {
        return this == CHOICE || this == LIST;
    }
}
