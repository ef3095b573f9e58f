// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vsnd.plugin.load.OptionDescriptor;
import org.vsnd.spi.PluginException;

/** Option values, checked against {@code plugin.yaml}. Every complaint names the option and its permitted values. */
final class Options {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(us|ms|s)");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    /** Two whole numbers. */
    record Range(int low, int high) {}

    private final Map<String, OptionDescriptor> known = new LinkedHashMap<>();
    private final Map<String, String> values;
    private Map<String, String> defaults = Map.of();

    Options(List<OptionDescriptor> descriptors, Map<String, String> given) throws PluginException {
        for (OptionDescriptor descriptor : descriptors) {
            known.put(descriptor.name(), descriptor);
        }
        for (String name : given.keySet()) {
            if (!known.containsKey(name)) {
                throw new PluginException(
                        "unknown option '" + name + "'; the options are " + String.join(", ", known.keySet()));
            }
        }
        values = Map.copyOf(given);
    }

    /** Replaces defaults of {@code plugin.yaml}; values given explicitly stay. */
    void useDefaults(Map<String, String> others) {
        defaults = Map.copyOf(others);
    }

    String string(String name) {
        return value(name);
    }

    boolean isOn(String name) throws PluginException {
        return switch (value(name)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw wrong(name, "on or off");
        };
    }

    int integer(String name) throws PluginException {
        OptionDescriptor option = option(name);
        int min = Integer.parseInt(option.min());
        int max = Integer.parseInt(option.max());
        String value = value(name);
        if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < min || Integer.parseInt(value) > max) {
            throw wrong(name, "a whole number from " + min + " to " + max);
        }
        return Integer.parseInt(value);
    }

    Range range(String name) throws PluginException {
        OptionDescriptor option = option(name);
        int min = Integer.parseInt(option.min());
        int max = Integer.parseInt(option.max());
        Matcher matcher = RANGE.matcher(value(name));
        if (matcher.matches()) {
            int low = Integer.parseInt(matcher.group(1));
            int high = matcher.group(2) == null ? low : Integer.parseInt(matcher.group(2));
            if (low >= min && low <= high && high <= max) {
                return new Range(low, high);
            }
        }
        throw wrong(name, "LOW-HIGH between " + min + " and " + max + ", for example " + option.defaultValue());
    }

    String choice(String name) throws PluginException {
        List<String> choices = option(name).choices();
        if (!choices.contains(value(name))) {
            throw wrong(name, "one of " + String.join(", ", choices));
        }
        return value(name);
    }

    /** In the order given, each once. */
    List<String> list(String name) throws PluginException {
        List<String> choices = option(name).choices();
        List<String> chosen = Arrays.asList(value(name).split(",", -1));
        if (!choices.containsAll(chosen)) {
            throw wrong(name, "one or more of " + String.join(", ", choices) + ", separated by commas");
        }
        return List.copyOf(new LinkedHashSet<>(chosen));
    }

    long durationNanos(String name) throws PluginException {
        OptionDescriptor option = option(name);
        long nanos = nanos(value(name));
        if (nanos < nanos(option.min()) || nanos > nanos(option.max())) {
            throw wrong(
                    name,
                    "a time from " + option.min() + " to " + option.max() + ", for example " + option.defaultValue());
        }
        return nanos;
    }

    private static long nanos(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return -1;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> number * 1_000;
            case "ms" -> number * 1_000_000;
            default -> number * 1_000_000_000;
        };
    }

    private String value(String name) {
        String given = values.get(name);
        return given == null ? defaults.getOrDefault(name, option(name).defaultValue()) : given;
    }

    private OptionDescriptor option(String name) {
        OptionDescriptor option = known.get(name);
        if (option == null) {
            throw new IllegalStateException("plugin.yaml does not describe " + name);
        }
        return option;
    }

    private PluginException wrong(String name, String right) {
        return new PluginException("option " + name + "=" + value(name) + " is wrong: give " + right);
    }
}
