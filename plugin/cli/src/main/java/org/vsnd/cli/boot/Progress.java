// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

/** Told what a long preparation is doing, one line per step. Any thread. */
@FunctionalInterface
public interface Progress {
    /** Ignores all steps. */
    Progress SILENT = line -> {};

    /**
     * Reports a step.
     *
     * @param line one step, without a line end
     */
    void step(String line);
}
