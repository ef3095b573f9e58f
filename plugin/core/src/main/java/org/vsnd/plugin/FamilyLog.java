// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.vsnd.snd.DriverTraits;

/**
 * Says in the log which family a card's drivers are of, and which option would help them: each family once in the card's
 * life, so that no guest can fill the log. Device thread only.
 */
final class FamilyLog implements Consumer<DriverTraits> {
    private static final Logger LOG = System.getLogger(FamilyLog.class.getName());
    private static final String PROFILE = "profile";

    private final Map<String, String> given;
    /** By identity, since a record's {@code equals} keeps the plugin's class loader. */
    private final Set<DriverFamily> named = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param given the options that the operator gave */
    FamilyLog(Map<String, String> given) {
        this.given = Map.copyOf(given);
    }

    @Override
    public void accept(DriverTraits traits) {
        DriverFamily.of(traits).filter(named::add).ifPresent(this::name);
    }

    private void name(DriverFamily family) {
        LOG.log(Level.INFO, "the driver behaves like that of {0}{1}", family.name(), advice(family));
    }

    /** Nothing for an operator who has the option already, or has set by hand what it would set. */
    private String advice(DriverFamily family) {
        String option = family.option();
        if (option.isEmpty() || (given.containsKey(option) && !option.equals(PROFILE))) {
            return "";
        }
        Map<String, String> present = Profiles.defaults(given.getOrDefault(PROFILE, "default"));
        if (option.equals(PROFILE)) {
            boolean has = family.value().equals(given.get(PROFILE));
            boolean byHand = Profiles.defaults(family.value()).keySet().stream().anyMatch(given::containsKey);
            return has || byHand ? "" : wouldHelp(family);
        }
        return family.value().equals(present.get(option)) ? "" : wouldHelp(family);
    }

    private static String wouldHelp(DriverFamily family) {
        return "; " + family.option() + "=" + family.value() + " would help it";
    }
}
