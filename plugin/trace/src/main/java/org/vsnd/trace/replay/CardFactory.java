// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.Map;
import org.vsnd.audio.AudioBackend;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/** Makes the card that a trace is replayed against. */
@FunctionalInterface
public interface CardFactory {
    /**
     * Makes it.
     *
     * @param options as {@code plugin.yaml} describes them
     * @param backend takes the sound, and is closed with the card
     */
    PciFunction create(Host host, Map<String, String> options, AudioBackend backend) throws PluginException;
}
