// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.plugin.load.OptionDescriptor;
import org.vsnd.plugin.load.OptionType;
import picocli.CommandLine.Option;

/** Options of the card itself, which {@code plugin.yaml} describes. */
final class CardOptions {
    private static final int NAME = 2;
    private static final int TEXT = 6;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets an option of the sound card; the list is below. May be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** Whether the operator gave an option. */
    boolean gives(String name) {
        return settings.containsKey(name);
    }

    /** The options given, with a back end if none was given among them. */
    Map<String, String> with(String backend) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("backend", backend);
        all.putAll(settings);
        return all;
    }

    /**
     * Help on every option: name, default, values and a paragraph.
     *
     * @param columns the help's width
     * @return lines for the end of a help text
     */
    static List<String> help(int columns) {
        List<String> lines = new ArrayList<>(List.of("", "Options of the sound card, for --set:"));
        for (OptionDescriptor option : VirtioSoundPlugin.descriptor().options()) {
            String values = option.choices().isEmpty() ? bounds(option) : choices(option);
            wrap(lines, name(option) + "=" + option.defaultValue() + "  (" + values + ")", NAME, TEXT, columns);
            wrap(lines, option.help(), TEXT, TEXT, columns);
        }
        lines.replaceAll(line -> line.replace("%", "%%"));
        return lines;
    }

    private static String name(OptionDescriptor option) {
        return switch (option.perStream()) {
            case NEVER -> option.name();
            case MAY -> option.name() + "[.outputN|.inputN]";
            case MUST -> option.name() + ".outputN|.inputN";
        };
    }

    private static String choices(OptionDescriptor option) {
        boolean several = option.type() == OptionType.LIST;
        return (several ? option.unit() + ", one or more of " : "")
                + String.join(several ? ", " : " | ", option.choices());
    }

    private static String bounds(OptionDescriptor option) {
        return option.min().isEmpty() ? option.unit() : option.unit() + ", " + option.min() + " to " + option.max();
    }

    /** Lines of whole words, the first one indented by {@code first} columns and the others by {@code rest}. */
    private static void wrap(List<String> lines, String text, int first, int rest, int columns) {
        StringBuilder line = new StringBuilder(" ".repeat(first));
        boolean empty = true;
        for (String word : text.split(" +", -1)) {
            if (!empty && line.length() + 1 + word.length() >= columns) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(rest));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString());
    }
}
