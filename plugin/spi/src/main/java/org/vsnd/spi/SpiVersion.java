// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/**
 * The version of this package. {@code plugin.yaml} names the one a plugin was written for, and a host takes no other. It
 * goes up whenever a plugin or a host of before could no longer work, never for an addition that both may ignore.
 */
public final class SpiVersion {
    /** What is here. */
    public static final int CURRENT = 1;

    private SpiVersion() {}
}
