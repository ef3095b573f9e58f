package org.vsnd.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The content of {@code plugin.yaml}.
 *
 * @param id the plugin's name
 * @param version the version of vsnd
 * @param className the {@link org.vsnd.spi.PciDevicePlugin} to load
 */
public record PluginDescriptor(String id, String version, String className, List<OptionDescriptor> options) {
    private static final String RESOURCE = "/plugin.yaml";

    /** Reads the descriptor that is packed with the plugin; a fault in it is our own. */
    public static PluginDescriptor load() {
        try (InputStream in = PluginDescriptor.class.getResourceAsStream(RESOURCE)) {
            return parse((Map<?, ?>)
                    new Load(LoadSettings.builder().build()).loadFromInputStream(Objects.requireNonNull(in, RESOURCE)));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + RESOURCE, e);
        }
    }

    private static PluginDescriptor parse(Map<?, ?> yaml) {
        List<OptionDescriptor> options = new ArrayList<>();
        for (Object entry : (List<?>) Objects.requireNonNull(yaml.get("options"))) {
            Map<?, ?> option = (Map<?, ?>) entry;
            options.add(new OptionDescriptor(
                    text(option, "name"),
                    OptionType.of(text(option, "type")),
                    text(option, "default"),
                    option.containsKey("min") ? text(option, "min") : "",
                    option.containsKey("max") ? text(option, "max") : "",
                    option.get("choices") instanceof List<?> choices
                            ? choices.stream().map(String::valueOf).toList()
                            : List.of(),
                    text(option, "unit"),
                    text(option, "help")));
        }
        return new PluginDescriptor(text(yaml, "id"), text(yaml, "version"), text(yaml, "class"), List.copyOf(options));
    }

    private static String text(Map<?, ?> yaml, String key) {
        return String.valueOf(Objects.requireNonNull(yaml.get(key), key));
    }
}
