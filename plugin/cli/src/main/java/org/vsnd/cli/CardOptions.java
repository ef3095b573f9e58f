package org.vsnd.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.plugin.load.OptionDescriptor;
import picocli.CommandLine.Option;

/** Options of the card itself, which {@code plugin.yaml} describes. */
final class CardOptions {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets an option of the sound card (list below). Repeatable.")
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

    /** One paragraph per option, for the end of a help text. */
    static String[] help() {
        StringBuilder text = new StringBuilder("%nOptions of the sound card, for --set:%n");
        for (OptionDescriptor option : VirtioSoundPlugin.descriptor().options()) {
            text.append("  ").append(option.name()).append('=').append(option.defaultValue());
            text.append("  (").append(option.unit()).append(")%n      ");
            text.append(option.help().replace("%", "%%")).append("%n");
        }
        return new String[] {text.toString()};
    }
}
