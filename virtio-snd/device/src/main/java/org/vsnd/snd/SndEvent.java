// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** struct virtio_snd_event, 5.14.6: {@code hdr.code} and {@code data}, le32 each. */
final class SndEvent {
    static final int LENGTH = 8;
    static final int CODE = 0;
    static final int DATA = 4;

    private SndEvent() {}
}
