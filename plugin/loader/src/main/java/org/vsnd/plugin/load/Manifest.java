// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.SpiVersion;

/**
 * A parsed {@code plugin.yaml}, with the line of the class for complaints.
 *
 * @param classAt file and line of the class name
 */
record Manifest(PluginDescriptor descriptor, String classAt) {
    private static final String SPI = "spi";
    private static final String CLASS = "class";
    private static final List<String> KEYS = List.of("id", "name", "version", SPI, CLASS, "pci", "resident", "options");
    private static final List<String> PCI_KEYS = List.of("vendor", "device", CLASS);
    private static final String STREAMS = "streams";
    private static final String DEFAULT = "default";
    private static final String DEFAULT_INPUT = "default-input";
    private static final List<String> OPTION_KEYS =
            List.of("name", "type", DEFAULT, "unit", "help", STREAMS, DEFAULT_INPUT);
    private static final List<String> BOUND_KEYS = List.of("min", "max");
    private static final List<String> CHOICE_KEYS = List.of("choices");

    private static final String CLASS_NAME = "[\\w$]+(\\.[\\w$]+)*";

    static Manifest read(String yaml, String source) throws PluginException {
        YamlMapping top = YamlMapping.read(yaml, source);
        checkSpi(top); // before anything else: another version may have other keys
        top.requireNoneBut(KEYS);
        PluginDescriptor descriptor = new PluginDescriptor(
                top.text("id"),
                top.text("name"),
                top.text("version"),
                SpiVersion.CURRENT,
                className(top, CLASS, top.text(CLASS)),
                pci(top.mapping("pci")),
                resident(top),
                options(top));
        return new Manifest(descriptor, top.at(CLASS));
    }

    private static void checkSpi(YamlMapping top) throws PluginException {
        int spi = top.number(SPI, 1, Integer.MAX_VALUE);
        if (spi != SpiVersion.CURRENT) {
            throw new PluginException(top.at(SPI) + ": the plugin is for version " + spi
                    + " of vsnd's host SPI, this host has version " + SpiVersion.CURRENT + ": expected spi: "
                    + SpiVersion.CURRENT + ", so get the plugin for this host, or a host for this plugin");
        }
    }

    private static String className(YamlMapping yaml, String key, String name) throws PluginException {
        if (!name.matches(CLASS_NAME)) {
            throw yaml.wrong(key, "words separated by dots, such as org.vsnd.plugin.VirtioSoundPlugin");
        }
        return name;
    }

    private static PciIds pci(YamlMapping yaml) throws PluginException {
        yaml.requireNoneBut(PCI_KEYS);
        return new PciIds(
                yaml.number("vendor", 0, 0xffff), yaml.number("device", 0, 0xffff), yaml.number(CLASS, 0, 0xffffff));
    }

    private static List<String> resident(YamlMapping top) throws PluginException {
        if (!top.has("resident")) {
            return List.of();
        }
        List<String> packages = top.texts("resident");
        for (String name : packages) {
            className(top, "resident", name);
        }
        return packages;
    }

    private static List<OptionDescriptor> options(YamlMapping top) throws PluginException {
        List<OptionDescriptor> options = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (YamlMapping yaml : top.mappings("options")) {
            OptionDescriptor option = option(yaml);
            if (!names.add(option.name())) {
                throw yaml.wrong("name", "a name that no other option has");
            }
            options.add(option);
        }
        return List.copyOf(options);
    }

    private static OptionDescriptor option(YamlMapping yaml) throws PluginException {
        OptionType type = OptionType.of(yaml.text("type")).orElseThrow(() -> yaml.wrong("type", "one of " + types()));
        yaml.requireNoneBut(Stream.of(
                        OPTION_KEYS,
                        type.isBounded() ? BOUND_KEYS : List.<String>of(),
                        type.isChosen() ? CHOICE_KEYS : List.<String>of())
                .flatMap(List::stream)
                .toList());
        List<String> choices = type.isChosen() ? yaml.texts("choices") : List.of();
        PerStream perStream = PerStream.NEVER;
        if (yaml.has(STREAMS)) {
            perStream = PerStream.of(yaml.text(STREAMS)).orElseThrow(() -> yaml.wrong(STREAMS, "never, may or must"));
        }
        return new OptionDescriptor(
                yaml.text("name"),
                type,
                defaultValue(yaml, DEFAULT, type, choices),
                type.isBounded() ? bound(yaml, "min", type) : "",
                type.isBounded() ? bound(yaml, "max", type) : "",
                choices,
                yaml.text("unit"),
                yaml.text("help"),
                perStream,
                defaultValue(yaml, yaml.has(DEFAULT_INPUT) ? DEFAULT_INPUT : DEFAULT, type, choices));
    }

    private static String types() {
        return Arrays.stream(OptionType.values()).map(OptionType::yaml).collect(Collectors.joining(", "));
    }

    private static String bound(YamlMapping yaml, String key, OptionType type) throws PluginException {
        String bound = yaml.text(key);
        boolean duration = type == OptionType.DURATION;
        if (!bound.matches(duration ? "\\d{1,9}(us|ms|s)" : "\\d{1,9}")) {
            throw yaml.wrong(key, duration ? "a time such as 20ms" : "a whole number");
        }
        return bound;
    }

    private static String defaultValue(YamlMapping yaml, String key, OptionType type, List<String> choices)
            throws PluginException {
        String value = yaml.text(key);
        boolean right = switch (type) {
            case STRING, INTEGER, RANGE, DURATION -> true; // checked with every other value
            case SWITCH -> value.equals("on") || value.equals("off");
            case CHOICE -> choices.contains(value);
            case LIST -> choices.containsAll(Arrays.asList(value.split(",", -1)));
        };
        if (!right) {
            throw yaml.wrong(key, type == OptionType.SWITCH ? "on or off" : String.join(", ", choices));
        }
        return value;
    }
}
