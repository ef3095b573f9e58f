// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/**
 * A PCM as ALSA's configuration lists it.
 *
 * @param name the text after {@code alsa:}
 * @param description for people, in one line; may be empty
 * @param plays whether it plays
 * @param records whether it records
 */
public record AlsaDevice(String name, String description, boolean plays, boolean records) {}
