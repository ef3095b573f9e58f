// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** How many messages the driver keeps in flight, which decides when a message is due. */
public enum ExchangeRule {
    /**
     * {@link #SINGLE} for a driver whose buffer is under two periods or that is seen to have a single message in
     * flight, else {@link #MULTI}; decided again and again.
     */
    AUTO,
    /** One message in flight (Haiku): the device is the second buffer the driver lacks. */
    SINGLE,
    /** Several periods in flight (Linux). */
    MULTI
}
