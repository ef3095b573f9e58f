// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.spi.PluginException;

class ManifestTest {
    @Test
    void everythingInItIsRead() throws PluginException {
        assertThat(PluginDescriptor.read(Archive.MANIFEST, "plugin.yaml"))
                .isEqualTo(new PluginDescriptor(
                        "sample",
                        "Sample",
                        "1",
                        1,
                        "org.vsnd.plugin.load.sample.SamplePlugin",
                        new PciIds(0x1af4, 0x1059, 0x040100),
                        List.of("org.vsnd.plugin.load.sample.resident"),
                        List.of(
                                new OptionDescriptor(
                                        "level", OptionType.INTEGER, "3", "0", "9", List.of(), "steps", "How much."),
                                new OptionDescriptor(
                                        "kind",
                                        OptionType.CHOICE,
                                        "one",
                                        "",
                                        "",
                                        List.of("one", "two"),
                                        "name",
                                        "Which."))));
    }

    @Test
    void residentPackagesMayBeLeftOut() throws PluginException {
        String without = Archive.MANIFEST.replace("resident: [org.vsnd.plugin.load.sample.resident]\n", "");
        assertThat(PluginDescriptor.read(without, "plugin.yaml").residentPackages())
                .isEmpty();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("id: sample", "id:", "plugin.yaml:1: expected a value for 'id'"),
                Arguments.of("id: sample", "id: [a, b]", "plugin.yaml:1: expected a value for 'id'"),
                Arguments.of("id: sample", "[id]: sample", "plugin.yaml:1: expected YAML: "),
                Arguments.of("name: Sample", "nme: Sample", "plugin.yaml:2: 'nme' is unknown here: expected id, name"),
                Arguments.of("name: Sample", "id: twice", "plugin.yaml:2: 'id' appears twice: expected it once"),
                Arguments.of("version: 1\n", "version: 1: 2\n", "plugin.yaml:3: expected YAML: "),
                Arguments.of("spi: 1", "speed: 1", "plugin.yaml:1: 'spi' is missing: expected a line 'spi: ...'"),
                Arguments.of("spi: 1", "spi: one", "plugin.yaml:4: 'spi' is 'one': expected a whole number"),
                Arguments.of("spi: 1", "spi: 2\nnews: all", "plugin.yaml:4: the plugin is for version 2 of"),
                Arguments.of(".sample.Sample", ". Sample", "plugin.yaml:5: 'class' is "),
                Arguments.of("0x1af4", "0x1af45", "plugin.yaml:7: 'vendor' is '0x1af45': expected a whole number from"),
                Arguments.of("0x1059", "sound", "plugin.yaml:8: 'device' is 'sound': expected a whole number from"),
                Arguments.of("0x040100", "-1", "plugin.yaml:9: 'class' is '-1': expected a whole number from"),
                Arguments.of("  class: 0x040100", "  colour: red", "plugin.yaml:9: 'colour' is unknown here: expected"),
                Arguments.of("[org.vsnd.plugin.load.sample.resident]", "here", "plugin.yaml:10: 'resident' is 'here':"),
                Arguments.of("[org.vsnd.plugin.load.sample.resident]", "[a b]", "plugin.yaml:10: 'resident' is wrong:"),
                Arguments.of(
                        "integer", "nteger", "plugin.yaml:13: 'type' is 'nteger': expected one of string, integer,"),
                Arguments.of("min: 0", "min: low", "plugin.yaml:15: 'min' is 'low': expected a whole number"),
                Arguments.of(
                        "max: 9", "choices: [a]", "plugin.yaml:16: 'choices' is unknown here: expected name, type"),
                Arguments.of("    unit: steps\n", "", "plugin.yaml:12: 'unit' is missing: expected a line 'unit: ...'"),
                Arguments.of("name: kind", "name: level", "plugin.yaml:19: 'name' is 'level': expected a name that no"),
                Arguments.of(
                        "default: one", "default: three", "plugin.yaml:21: 'default' is 'three': expected one, two"),
                Arguments.of("[one, two]", "[one, [two]]", "plugin.yaml:22: expected a list of words for 'choices'"),
                Arguments.of("type: choice", "type: list", null),
                Arguments.of("default: \"3\"", "default: \"\"", null));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsOneSentenceWithFileLineAndWhatIsRight(String piece, String instead, String expected)
            throws PluginException {
        assertThat(Archive.MANIFEST).contains(piece);
        String yaml = Archive.MANIFEST.replace(piece, instead);
        if (expected == null) { // it is none
            PluginDescriptor.read(yaml, "plugin.yaml");
            return;
        }
        assertThatThrownBy(() -> PluginDescriptor.read(yaml, "plugin.yaml"))
                .isInstanceOf(PluginException.class)
                .hasMessageStartingWith(expected)
                .hasMessageNotContaining("\n");
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("", "plugin.yaml:1: it is empty: expected KEY: VALUE lines"),
                Arguments.of("- id\n", "plugin.yaml:1: expected KEY: VALUE lines"),
                Arguments.of("id: \"half\n", "plugin.yaml:"),
                Arguments.of("id: a\n---\nid: b\n", "plugin.yaml:"),
                Arguments.of("id: a\u0001b\n", "plugin.yaml:1: expected YAML: "));
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatIsNoMappingAtAllIsSaidSo(String yaml, String expected) {
        assertThatThrownBy(() -> PluginDescriptor.read(yaml, "plugin.yaml"))
                .isInstanceOf(PluginException.class)
                .hasMessageStartingWith(expected)
                .hasMessageContaining("expected")
                .hasMessageNotContaining("\n");
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("switch", "", "maybe", "expected on or off"),
                Arguments.of("switch", "", "\"on\"", null),
                Arguments.of("duration", "min: 1us\n    max: 2s", "20ms", null),
                Arguments.of("duration", "min: 1\n    max: 2s", "20ms", "expected a time such as 20ms"),
                Arguments.of("list", "choices: [a, b]", "a,c", "expected a, b"),
                Arguments.of("list", "choices: [a, b]", "a,b", null),
                Arguments.of("string", "", "any", null));
    }

    @Test
    void anOptionMayBeForStreams() throws PluginException {
        String yaml =
                Archive.MANIFEST.replace("default: one", "default: one\n    streams: may\n    default-input: two");
        OptionDescriptor option =
                PluginDescriptor.read(yaml, "plugin.yaml").options().get(1);
        assertThat(option.perStream()).isEqualTo(PerStream.MAY);
        assertThat(option.inputDefault()).isEqualTo("two");
        assertThatThrownBy(() -> PluginDescriptor.read(yaml.replace("may", "often"), "plugin.yaml"))
                .hasMessageContaining("expected never, may or must");
        assertThatThrownBy(() -> PluginDescriptor.read(yaml.replace("input: two", "input: six"), "plugin.yaml"))
                .hasMessageContaining("'default-input' is 'six': expected one, two");
    }

    @ParameterizedTest
    @MethodSource("values")
    void anOptionHasWhatItsTypeAsksFor(String type, String more, String value, String expected) throws PluginException {
        String yaml = Archive.MANIFEST
                .replace("type: choice", "type: " + type)
                .replace("choices: [one, two]", more)
                .replace("default: one", "default: " + value);
        if (expected == null) {
            OptionDescriptor option =
                    PluginDescriptor.read(yaml, "plugin.yaml").options().get(1);
            assertThat(option.type().yaml()).isEqualTo(type);
            assertThat(option.defaultValue()).isEqualTo(value.replace("\"", ""));
            return;
        }
        assertThatThrownBy(() -> PluginDescriptor.read(yaml, "plugin.yaml")).hasMessageContaining(expected);
    }
}
