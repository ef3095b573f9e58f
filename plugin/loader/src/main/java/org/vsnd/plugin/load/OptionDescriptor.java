// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.List;

/**
 * One option as {@code plugin.yaml} describes it.
 *
 * @param name as the operator writes it
 * @param defaultValue the value when the option is left out
 * @param min smallest number or duration, or empty
 * @param max largest number or duration, or empty
 * @param choices the values of {@link OptionType#CHOICE} and {@link OptionType#LIST}, otherwise empty
 * @param unit the unit of a value, for people
 * @param help one line
 */
public record OptionDescriptor(
        String name,
        OptionType type,
        String defaultValue,
        String min,
        String max,
        List<String> choices,
        String unit,
        String help) {}
