// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

/** What a guest's user gets from a recording: bytes of frames in the driver's format. */
@FunctionalInterface
public interface SoundRecorded {
    /** The bytes that come next. */
    void take(byte[] bytes);
}
