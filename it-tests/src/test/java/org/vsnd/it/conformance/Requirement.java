// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.conformance;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a device must do, or what it must cope with.
 *
 * @param level MUST, SHOULD, MAY of the device; DEF is a fact of the format, or what drivers must do and hostile ones do not; DES is
 *     our own
 * @param reason why it does not apply to this card; empty if it does
 */
record Requirement(String id, String level, String section, String text, String reason) {
    private static final Splitter TABS = Splitter.on('\t');
    private static final int FIELDS = 4;

    /** All of them, in the order of the chapters. */
    static List<Requirement> all() throws IOException {
        List<Requirement> all = new ArrayList<>();
        try (InputStream in = Requirement.class.getResourceAsStream("requirements.tsv")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (!line.startsWith("#")) {
                    List<String> fields = TABS.splitToList(line);
                    String reason = fields.size() > FIELDS ? fields.get(FIELDS) : "";
                    all.add(new Requirement(fields.get(0), fields.get(1), fields.get(2), fields.get(3), reason));
                }
            }
        }
        return all;
    }

    /** The chapter: SND, PCI or VQ. */
    String chapter() {
        return id.substring(0, id.indexOf('-'));
    }
}
