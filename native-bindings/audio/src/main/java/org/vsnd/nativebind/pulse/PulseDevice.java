// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/**
 * A sink or source of the server.
 *
 * @param name its name in {@code pulse:SINK,SOURCE}
 * @param description for people
 * @param capture true for a source
 * @param monitor true for a source that records what a sink plays
 * @param isDefault whether it is used when none is named
 */
public record PulseDevice(String name, String description, boolean capture, boolean monitor, boolean isDefault) {}
