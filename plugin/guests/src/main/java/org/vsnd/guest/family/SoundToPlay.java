// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

/** What a guest's user plays: bytes of frames in the driver's format. */
@FunctionalInterface
public interface SoundToPlay {
    /** The next so many bytes. */
    byte[] next(int bytes);
}
