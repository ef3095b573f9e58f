// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.plugin.load.OptionDescriptor;

class ProfilesTest {
    private static final List<OptionDescriptor> OPTIONS =
            VirtioSoundPlugin.descriptor().options();

    @Test
    void aProfileSetsOptionsOfPluginYamlOnlyAndNotTheProfile() {
        List<String> names = OPTIONS.stream()
                .map(OptionDescriptor::name)
                .filter(name -> !name.equals("profile"))
                .toList();
        assertThat(Profiles.DEFAULTS)
                .allSatisfy((profile, defaults) -> assertThat(names).as(profile).containsAll(defaults.keySet()));
    }

    @Test
    void pluginYamlListsEveryProfileAndStartsFromTheOneThatChangesNothing() {
        assertThat(OPTIONS)
                .filteredOn(option -> option.name().equals("profile"))
                .singleElement()
                .satisfies(option -> {
                    assertThat(option.choices()).containsExactlyInAnyOrderElementsOf(Profiles.DEFAULTS.keySet());
                    assertThat(Profiles.defaults(option.defaultValue())).isEmpty();
                });
    }
}
