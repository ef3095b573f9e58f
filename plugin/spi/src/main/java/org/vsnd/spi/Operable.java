// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * An ability that a function may have: its operator can ask what it does and change it while the guest runs. The commands are those
 * of {@code vsnd ctl}; {@code docs/operate.md} has them all.
 */
public interface Operable {
    /**
     * Carries out a command soon, on the device thread. Any thread, also the device thread; never waits.
     *
     * @param words the command, for example {@code jack}, {@code unplug}, {@code 1}; not kept
     * @return the answer: strings, numbers, booleans, and lists and maps of these. Ends with a {@link PluginException}, whose
     *     message is a sentence for the operator, if the command cannot be carried out. Does not end before the device thread
     *     runs again.
     */
    CompletionStage<Map<String, Object>> operate(List<String> words);
}
