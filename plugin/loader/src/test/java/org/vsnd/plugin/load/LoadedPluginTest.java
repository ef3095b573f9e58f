// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;
import org.vsnd.plugin.load.sample.SamplePlugin;
import org.vsnd.spi.Bar;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Snapshotable;

class LoadedPluginTest {
    private static final int GC_TRIES = 100;

    @TempDir
    Path folder;

    /** The plugin shows it to a host, as an ability that it asks for. */
    private static Class<?> pluginClass(LoadedPlugin plugin) throws PluginException {
        Host host = mock(Host.class);
        plugin.create(host, new HashMap<>()).close();
        ArgumentCaptor<Class<?>> asked = ArgumentCaptor.captor();
        verify(host).ability(asked.capture());
        return asked.getValue();
    }

    private static int uses(LoadedPlugin plugin) throws PluginException {
        return plugin.create(mock(Host.class), new HashMap<>()).readConfig(0, 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArchiveOrTheFolderItWasUnpackedIntoIsLoadedAndNeededNoLonger(boolean unpacked) throws Exception {
        Path path = unpacked ? new Archive().unpacked(folder) : new Archive().zip(folder);
        try (LoadedPlugin plugin = LoadedPlugin.open(path)) {
            Files.move(path, folder.resolve("elsewhere"));
            assertThat(plugin.id()).isEqualTo("sample");
            assertThat(plugin.descriptor().name()).isEqualTo("Sample");
            Map<String, String> options = new HashMap<>();
            try (PciFunction function = plugin.create(mock(Host.class), options)) {
                assertThat(function.bars()).containsExactly(new Bar(0, 16, false, false));
                function.writeConfig(4, 2, 6);
                function.writeBar(0, 8, 4, 0x55);
                function.reset();
            }
            assertThat(options)
                    .containsEntry("config", "4 2 6")
                    .containsEntry("bar", "0 8 4 85")
                    .containsEntry("reset", "done")
                    .containsEntry("closed", "once");
        }
    }

    @Test
    void pluginHasClassesOfItsOwnAndSeesNoneOfTheHostsButTheSpi() throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(new Archive().zip(folder));
                LoadedPlugin again = LoadedPlugin.open(folder.resolve("sample.zip"))) {
            Class<?> type = pluginClass(plugin);
            assertThat(type.getName()).isEqualTo(SamplePlugin.class.getName());
            assertThat(type).isNotSameAs(SamplePlugin.class).isNotSameAs(pluginClass(again));
            assertThat(sees(plugin, "org.junit.jupiter.api.Test")).isZero();
            assertThat(sees(plugin, LoadedPlugin.class.getName())).isZero();
            assertThat(sees(plugin, PciFunction.class.getName())).isEqualTo(1);
            assertThat(sees(plugin, "java.sql.Connection")).isEqualTo(1);
        }
    }

    private static long sees(LoadedPlugin plugin, String className) throws PluginException {
        return plugin.create(mock(Host.class), new HashMap<>(Map.of("look", className)))
                .readBar(0, 0, 4);
    }

    @Test
    void residentPackagesAreLoadedOnceForTheSameJarsWhereverTheyLie() throws Exception {
        Path zip = new Archive().with("README", "another archive").zip(folder);
        Path unpacked = new Archive().unpacked(folder);
        int before;
        try (LoadedPlugin plugin = LoadedPlugin.open(zip)) {
            before = uses(plugin);
        }
        try (LoadedPlugin plugin = LoadedPlugin.open(unpacked)) {
            assertThat(uses(plugin)).isEqualTo(before + 1);
        }
    }

    @Test
    void otherJarsHaveResidentPackagesOfTheirOwn() throws Exception {
        Map<String, byte[]> files = Archive.classes("resident/Resident");
        files.put("version", new byte[] {2});
        Path zip = new Archive().with(Archive.RESIDENT_JAR, Archive.zip(files)).zip(folder);
        try (LoadedPlugin plugin = LoadedPlugin.open(zip)) {
            assertThat(uses(plugin)).isEqualTo(1);
        }
    }

    @Test
    void withoutResidentPackagesEveryLoadedPluginStartsAnew() throws Exception {
        Path zip = new Archive()
                .withManifest("resident: [org.vsnd.plugin.load.sample.resident]\n", "")
                .zip(folder);
        for (int i = 0; i < 2; i++) {
            try (LoadedPlugin plugin = LoadedPlugin.open(zip)) {
                assertThat(uses(plugin)).isEqualTo(1);
            }
        }
    }

    @Test
    void abilitiesOfTheFunctionComeThrough() throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(new Archive().zip(folder))) {
            Map<String, String> options = new HashMap<>();
            PciFunction function = plugin.create(mock(Host.class), options);
            Snapshotable ability = function.ability(Snapshotable.class).orElseThrow();
            ability.restore(ability.snapshot());
            assertThat(options).containsEntry("restored", "42");
            assertThat(function.ability(Runnable.class)).isEmpty();
            function.close();
            assertThat(function.ability(Snapshotable.class)).isEmpty();
        }
    }

    @Test
    void closingClosesWhatIsStillOpenAndNothingTwice() throws Exception {
        Map<String, String> left = new HashMap<>();
        Map<String, String> closed = new HashMap<>();
        LoadedPlugin plugin = LoadedPlugin.open(new Archive().zip(folder));
        PciFunction open = plugin.create(mock(Host.class), left);
        plugin.create(mock(Host.class), closed).close();
        plugin.close();
        open.close();
        plugin.close();
        assertThat(left).containsEntry("closed", "once");
        assertThat(closed).containsEntry("closed", "once");
        assertThatThrownBy(() -> plugin.create(mock(Host.class), Map.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingClosesTheOthersWhenSomeFail() throws Exception {
        LoadedPlugin plugin = LoadedPlugin.open(new Archive().zip(folder));
        Map<String, String> good = new HashMap<>();
        plugin.create(mock(Host.class), new HashMap<>(Map.of("fail", "first")));
        plugin.create(mock(Host.class), good);
        plugin.create(mock(Host.class), new HashMap<>(Map.of("fail", "second")));
        assertThatThrownBy(plugin::close)
                .isInstanceOf(IllegalStateException.class)
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(good).containsEntry("closed", "once");
        plugin.close();
    }

    @Test
    void aClosedFunctionAnswersAsAnEmptySlot() throws Exception {
        Map<String, String> options = new HashMap<>();
        try (LoadedPlugin plugin = LoadedPlugin.open(new Archive().zip(folder))) {
            PciFunction function = plugin.create(mock(Host.class), options);
            function.close();
            assertThat(function.bars()).hasSize(1);
            assertThat(function.readConfig(0, 1)).isEqualTo(0xff);
            assertThat(function.readConfig(0, 2)).isEqualTo(0xffff);
            assertThat(function.readConfig(0, 4)).isEqualTo(-1);
            assertThat(function.readBar(0, 0, 4)).isEqualTo(0xffff_ffffL);
            assertThat(function.readBar(0, 0, 8)).isEqualTo(-1);
            function.writeConfig(0, 4, 1);
            function.writeBar(0, 0, 4, 1);
            function.reset();
            assertThat(options).containsOnlyKeys("closed");
        }
    }

    @Test
    void theOperatorsMistakeComesThrough() throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(new Archive().zip(folder))) {
            assertThatThrownBy(() -> plugin.create(mock(Host.class), Map.of("refuse", "yes")))
                    .isInstanceOf(PluginException.class)
                    .hasMessage("refused");
        }
    }

    @Test
    void pluginIsCollectedOnceItIsClosedWhateverTheHostKeeps() throws Exception {
        // bytes of their own: this plugin is the one that starts the resident package's thread
        Map<String, byte[]> files = Archive.classes("resident/Resident");
        files.put("version", new byte[] {3});
        LoadedPlugin plugin = LoadedPlugin.open(
                new Archive().with(Archive.RESIDENT_JAR, Archive.zip(files)).zip(folder));
        PciFunction closedByItself = plugin.create(mock(Host.class), new HashMap<>());
        PciFunction closedWithThePlugin = plugin.create(mock(Host.class), new HashMap<>());
        closedByItself.close();
        WeakReference<ClassLoader> loader =
                new WeakReference<>(pluginClass(plugin).getClassLoader());
        plugin.close();
        Mockito.framework().clearInlineMocks(); // they remember what they were asked for
        for (int i = 0; i < GC_TRIES && loader.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(loader.get()).as("the plugin's class loader").isNull();
        assertThat(plugin.id()).isEqualTo("sample");
        assertThat(closedByItself.readConfig(0, 4)).isEqualTo(-1);
        assertThat(closedWithThePlugin.readConfig(0, 4)).isEqualTo(-1);
    }

    static Stream<Arguments> broken() throws Exception {
        Map<String, byte[]> future = Archive.classes("SamplePlugin", "SampleFunction");
        future.values().forEach(classFile -> classFile[7] = 99); // the version of the format, at offset 6 in all
        return Stream.of(
                Arguments.of(
                        new Archive().without("plugin.yaml"), "has no plugin.yaml at its top: name a plugin archive"),
                Arguments.of(
                        new Archive().without(Archive.PLUGIN_JAR).without(Archive.RESIDENT_JAR),
                        "has no lib/*.jar: name a whole plugin archive"),
                Arguments.of(new Archive().with(Archive.PLUGIN_JAR, "jar"), "lib/sample.jar is not a JAR file"),
                Arguments.of(new Archive().with("../evil.jar", "x"), "points outside it, '../evil.jar': do not use it"),
                Arguments.of(new Archive().with("lib/../../evil.jar", "x"), "points outside it, 'lib/../../evil.jar'"),
                Arguments.of(new Archive().with("/lib/evil.jar", "x"), "points outside it, '/lib/evil.jar'"),
                Arguments.of(new Archive().with("..\\evil.jar", "x"), "points outside it, '..\\evil.jar'"),
                Arguments.of(
                        new Archive().withManifest("spi: 1", "spi: 7"), "sample.zip!/plugin.yaml:4: the plugin is for"),
                Arguments.of(
                        new Archive().withManifest("integer", "int"), "sample.zip!/plugin.yaml:13: 'type' is 'int'"),
                Arguments.of(
                        new Archive().withManifest("name: S", "name: - S"), "sample.zip!/plugin.yaml:2: expected YAML"),
                Arguments.of(
                        new Archive().withManifest("SamplePlugin", "AbsentPlugin"),
                        "sample.zip!/plugin.yaml:5: class org.vsnd.plugin.load.sample.AbsentPlugin is in none of lib/*.jar"),
                Arguments.of(
                        new Archive().withManifest("SamplePlugin", "NoPlugin"),
                        "sample.zip!/plugin.yaml:5: class org.vsnd.plugin.load.sample.NoPlugin is not a plugin: expected"
                                + " a class that implements org.vsnd.spi.PciDevicePlugin"),
                Arguments.of(
                        new Archive().withManifest("SamplePlugin", "ShyPlugin"),
                        "sample.zip!/plugin.yaml:5: class org.vsnd.plugin.load.sample.ShyPlugin cannot be made"),
                Arguments.of(
                        new Archive().with(Archive.PLUGIN_JAR, Archive.zip(future)),
                        "sample.zip!/plugin.yaml:5: class org.vsnd.plugin.load.sample.SamplePlugin cannot be made"),
                Arguments.of(
                        new Archive().withManifest("id: sample", "id: simple"),
                        "sample.zip!/plugin.yaml:5: class org.vsnd.plugin.load.sample.SamplePlugin calls itself sample:"
                                + " expected simple"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenArchiveIsRefusedWithASentence(Archive archive, String expected) throws Exception {
        Path zip = archive.zip(folder);
        assertThatThrownBy(() -> LoadedPlugin.open(zip))
                .isInstanceOf(PluginException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(expected)
                .hasMessageNotContaining("\n");
        assertThat(folder).isDirectoryNotContaining(file -> !file.endsWith("sample.zip"));
    }

    @Test
    void aBrokenFolderIsRefusedWithASentence() throws Exception {
        Path unpacked = new Archive().withManifest("spi: 1", "spi: 7").unpacked(folder);
        assertThatThrownBy(() -> LoadedPlugin.open(unpacked))
                .hasMessageStartingWith(unpacked.resolve("plugin.yaml") + ":4: the plugin is for version 7");
        Files.delete(unpacked.resolve("plugin.yaml"));
        assertThatThrownBy(() -> LoadedPlugin.open(unpacked)).hasMessageContaining("has no plugin.yaml at its top");
    }

    @Test
    void whatIsNoArchiveAtAllIsSaidSo() throws Exception {
        Path text = Files.writeString(folder.resolve("notes.txt"), "no archive");
        assertThatThrownBy(() -> LoadedPlugin.open(text))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("notes.txt is not a plugin archive");
        assertThatThrownBy(() -> LoadedPlugin.open(folder.resolve("absent.zip")))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("absent.zip does not exist: name a plugin archive");
    }
}
