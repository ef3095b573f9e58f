// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.List;

/**
 * One option as {@code plugin.yaml} describes it.
 *
 * @param name as the operator writes it
 * @param defaultValue the value when the option is left out; empty if it then has none
 * @param min smallest number or duration, or empty
 * @param max largest number or duration, or empty
 * @param choices the values of {@link OptionType#CHOICE} and {@link OptionType#LIST}, otherwise empty
 * @param unit the unit of a value, for people
 * @param help one line
 * @param perStream whether it may, or must, name a stream: {@code formats.output0}
 * @param inputDefault the default for streams that record
 */
public record OptionDescriptor(
        String name,
        OptionType type,
        String defaultValue,
        String min,
        String max,
        List<String> choices,
        String unit,
        String help,
        PerStream perStream,
        String inputDefault) {
    /** An option of the whole card. */
    public OptionDescriptor(
            String name,
            OptionType type,
            String defaultValue,
            String min,
            String max,
            List<String> choices,
            String unit,
            String help) {
        this(name, type, defaultValue, min, max, choices, unit, help, PerStream.NEVER, defaultValue);
    }
}
