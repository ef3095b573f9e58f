// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsnd.plugin.load.OptionDescriptor;
import org.vsnd.plugin.load.PerStream;
import org.vsnd.spi.PluginException;

/**
 * Option values, checked against {@code plugin.yaml}. Every complaint names the option and its permitted values. Those of
 * one stream, {@link #of}, are those that name it, else those of the whole card.
 */
final class Options {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(us|ms|s)");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
    private static final Pattern STREAM = Pattern.compile("(output|input)(\\d{1,3})");

    /** Two whole numbers. */
    record Range(int low, int high) {}

    private final Map<String, OptionDescriptor> known;
    private final Map<String, String> values;
    private final Map<String, String> defaults;
    private final @Nullable StreamName stream;

    private Options(
            Map<String, OptionDescriptor> known,
            Map<String, String> values,
            Map<String, String> defaults,
            @Nullable StreamName stream) {
        this.known = known;
        this.values = values;
        this.defaults = defaults;
        this.stream = stream;
    }

    Options(List<OptionDescriptor> descriptors, Map<String, String> given) throws PluginException {
        this(byName(descriptors), Map.copyOf(given), Map.of(), null);
        for (String key : given.keySet()) {
            check(key);
        }
    }

    private static Map<String, OptionDescriptor> byName(List<OptionDescriptor> descriptors) {
        Map<String, OptionDescriptor> byName = new LinkedHashMap<>();
        descriptors.forEach(descriptor -> byName.put(descriptor.name(), descriptor));
        return byName;
    }

    private void check(String key) throws PluginException {
        int dot = key.indexOf('.');
        String name = dot < 0 ? key : key.substring(0, dot);
        OptionDescriptor option = known.get(name);
        if (option == null) {
            throw new PluginException(
                    "unknown option '" + key + "'; the options are " + String.join(", ", known.keySet()));
        }
        boolean named = dot >= 0 && STREAM.matcher(key.substring(dot + 1)).matches();
        if (dot >= 0 && option.perStream() == PerStream.NEVER) {
            throw new PluginException("unknown option '" + key + "': " + name
                    + " is for the whole card; of one stream are " + String.join(", ", namesPerStream()));
        }
        if (dot < 0 ? option.perStream() == PerStream.MUST : !named) {
            throw new PluginException(
                    "unknown option '" + key + "': name a stream, as in " + name + ".output0 or " + name + ".input0");
        }
    }

    private List<String> namesPerStream() {
        return known.values().stream()
                .filter(option -> option.perStream() != PerStream.NEVER)
                .map(OptionDescriptor::name)
                .toList();
    }

    /** Complains of options for streams that there are not. */
    void requireStreams(int outputs, int inputs) throws PluginException {
        for (String key : new TreeSet<>(values.keySet())) {
            Matcher matcher = STREAM.matcher(key.substring(key.indexOf('.') + 1));
            if (key.indexOf('.') < 0 || !matcher.matches()) {
                continue;
            }
            String direction = matcher.group(1);
            int number = Integer.parseInt(matcher.group(2));
            int count = direction.equals("output") ? outputs : inputs;
            if (number >= count) {
                throw new PluginException(
                        "option " + key + " names a stream that there is not: there are " + count + " "
                                + direction + "s, from " + direction + "0 on; give " + direction + "s=" + (number + 1)
                                + ", or name another");
            }
        }
    }

    /** The same values with other defaults than those of {@code plugin.yaml}; values given explicitly stay. */
    Options withDefaults(Map<String, String> others) {
        return new Options(known, values, Map.copyOf(others), stream);
    }

    /** The values for one stream. */
    Options of(StreamName one) {
        return new Options(known, values, defaults, one);
    }

    /** Whether the operator gave a value. */
    boolean isGiven(String name) {
        return values.containsKey(key(name));
    }

    /** Whether the operator gave a value for this stream alone. */
    boolean isOwn(String name) {
        return stream != null && values.containsKey(name + "." + stream.suffix());
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
        String given = values.get(key(name));
        if (given != null) {
            return given;
        }
        OptionDescriptor option = option(name);
        boolean input = stream != null && !stream.output();
        return defaults.getOrDefault(name, input ? option.inputDefault() : option.defaultValue());
    }

    /** As the operator wrote it, or would. */
    private String key(String name) {
        String named = stream == null ? name : name + "." + stream.suffix();
        return values.containsKey(named) ? named : name;
    }

    private OptionDescriptor option(String name) {
        OptionDescriptor option = known.get(name);
        if (option == null) {
            throw new IllegalStateException("plugin.yaml does not describe " + name);
        }
        return option;
    }

    /** A complaint of a value. */
    PluginException wrong(String name, String right) {
        return new PluginException("option " + key(name) + "=" + value(name) + " is wrong: give " + right);
    }
}
