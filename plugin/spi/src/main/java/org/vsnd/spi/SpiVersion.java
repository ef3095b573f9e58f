// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/**
 * The version of this package. {@code plugin.yaml} names the one a plugin was written for, and a host refuses any
 * other. It goes up whenever an earlier plugin or host would no longer work, never for an addition that both may
 * ignore.
 */
public final class SpiVersion {
    /** The version of the classes here. */
    public static final int CURRENT = 1;

    private SpiVersion() {}
}
