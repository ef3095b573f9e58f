// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Our offsets against what a C compiler makes of the kernel's headers. */
class LayoutTest {
    private static final Pattern FIELD = Pattern.compile("(\\w+) +(\\w+) +off=(\\d+) size=(\\d+)");
    private static final Pattern TOTAL = Pattern.compile("(\\w+) +TOTAL (\\d+) align \\d+");

    private record Field(int offset, int size) {}

    private static Map<String, Field> facts(String struct) throws IOException {
        Map<String, Field> facts = new HashMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(LayoutTest.class.getResourceAsStream("layouts.txt")), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher field = FIELD.matcher(line);
                Matcher total = TOTAL.matcher(line);
                if (field.matches() && field.group(1).equals(struct)) {
                    facts.put(field.group(2), new Field(number(field, 3), number(field, 4)));
                } else if (total.matches() && total.group(1).equals(struct)) {
                    facts.put("TOTAL", new Field(0, number(total, 2)));
                }
            }
        }
        return facts;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    @Test
    @Tag("PCI-24")
    void commonConfigurationIsLaidOutAsInC() throws IOException {
        Map<String, Integer> ours = Map.ofEntries(
                Map.entry("device_feature_select", CommonCfg.DEVICE_FEATURE_SELECT),
                Map.entry("device_feature", CommonCfg.DEVICE_FEATURE),
                Map.entry("guest_feature_select", CommonCfg.DRIVER_FEATURE_SELECT),
                Map.entry("guest_feature", CommonCfg.DRIVER_FEATURE),
                Map.entry("msix_config", CommonCfg.CONFIG_MSIX_VECTOR),
                Map.entry("num_queues", CommonCfg.NUM_QUEUES),
                Map.entry("device_status", CommonCfg.DEVICE_STATUS),
                Map.entry("config_generation", CommonCfg.CONFIG_GENERATION),
                Map.entry("queue_select", CommonCfg.QUEUE_SELECT),
                Map.entry("queue_size", CommonCfg.QUEUE_SIZE),
                Map.entry("queue_msix_vector", CommonCfg.QUEUE_MSIX_VECTOR),
                Map.entry("queue_enable", CommonCfg.QUEUE_ENABLE),
                Map.entry("queue_notify_off", CommonCfg.QUEUE_NOTIFY_OFF),
                Map.entry("queue_desc_lo", CommonCfg.QUEUE_DESC),
                Map.entry("queue_avail_lo", CommonCfg.QUEUE_DRIVER),
                Map.entry("queue_used_lo", CommonCfg.QUEUE_DEVICE));
        Map<String, Field> facts = facts("cc");
        assertThat(facts.remove("TOTAL").size()).isEqualTo(CommonCfg.QUEUE_NOTIF_CONFIG_DATA);
        assertThat(facts.keySet()).isEqualTo(ours.keySet());
        facts.forEach((name, field) -> {
            assertThat(ours.get(name)).as(name).isEqualTo(field.offset());
            int size = name.endsWith("_lo") ? 8 : field.size(); // we see both halves as one register
            assertThat(CommonCfg.widthAt(field.offset())).as(name).isEqualTo(size);
        });
    }

    @Test
    @Tag("PCI-25")
    void capabilityIsLaidOutAsInC() throws IOException {
        Map<String, Field> facts = facts("pc");
        assertThat(facts.get("cap_len").offset()).isEqualTo(VirtioPciCap.CAP_LEN);
        assertThat(facts.get("cfg_type").offset()).isEqualTo(VirtioPciCap.CFG_TYPE);
        assertThat(facts.get("bar").offset()).isEqualTo(VirtioPciCap.BAR);
        assertThat(facts.get("id").offset()).isEqualTo(VirtioPciCap.ID);
        assertThat(facts.get("offset").offset()).isEqualTo(VirtioPciCap.OFFSET);
        assertThat(facts.get("length").offset()).isEqualTo(VirtioPciCap.LENGTH);
        assertThat(facts.get("TOTAL").size()).isEqualTo(VirtioPciCap.TOTAL);
    }

    @Test
    @Tag("PCI-33")
    void everyByteBelongsToOneRegister() {
        for (int offset = 0; offset < CommonCfg.LENGTH; offset++) {
            int register = CommonCfg.registerAt(offset);
            assertThat(offset).isBetween(register, register + CommonCfg.widthAt(offset) - 1);
            assertThat(register % CommonCfg.widthAt(offset))
                    .as("natural alignment")
                    .isZero();
        }
    }
}
