// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.vsnd.spi.PluginException;

/** {@code KEY: VALUE} lines of a YAML file, read strictly: a complaint names file, line and what is expected. */
final class YamlMapping {
    private final String source;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();

    private YamlMapping(String source, Node node) throws PluginException {
        this.source = source;
        line = lineOf(node);
        if (!(node instanceof MappingNode mapping)) {
            throw fault(source, line, "expected KEY: VALUE lines");
        }
        for (NodeTuple entry : mapping.getValue()) {
            String key = scalar(entry.getKeyNode(), "a word before the colon");
            if (values.putIfAbsent(key, entry.getValueNode()) != null) {
                throw fault(source, lineOf(entry.getKeyNode()), "'" + key + "' appears twice: expected it once");
            }
        }
    }

    /** Reads a file that is one mapping. */
    static YamlMapping read(String yaml, String source) throws PluginException {
        Node top;
        try {
            top = new Compose(LoadSettings.builder().setLabel(source).build())
                    .composeString(yaml)
                    .orElseThrow(() -> fault(source, 1, "it is empty: expected KEY: VALUE lines"));
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
            String problem = String.valueOf(e.getProblem()).replace('\n', ' ');
            throw new PluginException(source + ":" + line + ": expected YAML: " + problem, e);
        } catch (YamlEngineException e) {
            String problem = String.valueOf(e.getMessage()).replace('\n', ' ');
            throw new PluginException(source + ":1: expected YAML: " + problem, e);
        }
        return new YamlMapping(source, top);
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static PluginException fault(String source, int line, String message) {
        return new PluginException(source + ":" + line + ": " + message);
    }

    private String scalar(Node node, String expected) throws PluginException {
        if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
            throw fault(source, lineOf(node), "expected " + expected);
        }
        return scalar.getValue();
    }

    private Node value(String key) throws PluginException {
        Node node = values.get(key);
        if (node == null) {
            throw fault(source, line, "'" + key + "' is missing: expected a line '" + key + ": ...' here or below");
        }
        return node;
    }

    /** Complains of a value. */
    PluginException wrong(String key, String expected) {
        Node node = values.get(key);
        String given = node instanceof ScalarNode scalar ? " is '" + scalar.getValue() + "'" : " is wrong";
        return fault(source, node == null ? line : lineOf(node), "'" + key + "'" + given + ": expected " + expected);
    }

    /** Source and line of a value, or of the mapping if the value is missing. */
    String at(String key) {
        Node node = values.get(key);
        return source + ":" + (node == null ? line : lineOf(node));
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Rejects every other key. */
    void requireNoneBut(List<String> keys) throws PluginException {
        for (Map.Entry<String, Node> entry : values.entrySet()) {
            if (!keys.contains(entry.getKey())) {
                throw fault(
                        source,
                        lineOf(entry.getValue()),
                        "'" + entry.getKey() + "' is unknown here: expected " + String.join(", ", keys));
            }
        }
    }

    String text(String key) throws PluginException {
        return scalar(value(key), "a value for '" + key + "'");
    }

    /** A whole number, decimal or hexadecimal with {@code 0x}. */
    int number(String key, int min, int max) throws PluginException {
        @Nullable Integer number = null;
        try {
            number = Integer.decode(text(key));
        } catch (NumberFormatException e) {
            // reported below, with the bounds
        }
        if (number == null || number < min || number > max) {
            throw wrong(key, String.format("a whole number from 0x%x to 0x%x", min, max));
        }
        return number;
    }

    List<String> texts(String key) throws PluginException {
        List<String> texts = new ArrayList<>();
        for (Node item : items(key)) {
            texts.add(scalar(item, "a list of words for '" + key + "'"));
        }
        return List.copyOf(texts);
    }

    YamlMapping mapping(String key) throws PluginException {
        return new YamlMapping(source, value(key));
    }

    List<YamlMapping> mappings(String key) throws PluginException {
        List<YamlMapping> mappings = new ArrayList<>();
        for (Node item : items(key)) {
            mappings.add(new YamlMapping(source, item));
        }
        return mappings;
    }

    private List<Node> items(String key) throws PluginException {
        if (!(value(key) instanceof SequenceNode items)) {
            throw wrong(key, "a list");
        }
        return items.getValue();
    }
}
