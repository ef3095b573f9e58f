// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.nio.charset.StandardCharsets;

/**
 * The result of a line of shell in the guest.
 *
 * @param exitCode the line's exit code
 * @param output everything it wrote to standard output and standard error
 */
@SuppressWarnings("ArrayRecordComponent") // a recording of megabytes; handed over, never shared
public record GuestAnswer(int exitCode, byte[] output) {
    /** The output as text. */
    public String text() {
        return new String(output, StandardCharsets.UTF_8);
    }
}
