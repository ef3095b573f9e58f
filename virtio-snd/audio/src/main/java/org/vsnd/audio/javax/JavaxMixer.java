// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

/**
 * A mixer that the JDK lists.
 *
 * @param name the text after {@code javax:}
 * @param description for people, in one line
 * @param plays whether it plays
 * @param records whether it records
 */
public record JavaxMixer(String name, String description, boolean plays, boolean records) {}
