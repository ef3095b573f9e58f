// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

/** Where a long preparation tells what it is doing, one line per step. Any thread. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = line -> {};

    /**
     * Tells about a step.
     *
     * @param line one step, without a line end
     */
    void step(String line);
}
