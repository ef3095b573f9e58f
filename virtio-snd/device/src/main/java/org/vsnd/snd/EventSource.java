// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * What the driver can be told of: a jack, a stream, a control element. An event, 5.14.6, says how things are when it is sent, so
 * however often a source changes before the driver has a buffer for it, one event is enough. Device thread only.
 */
interface EventSource {
    /** The event's code, {@code VIRTIO_SND_EVT_*}. */
    int eventCode();

    /** The four bytes after it. */
    int eventData();

    /** The event is in the driver's hands, with what the two methods before have just said. */
    default void eventSent() {}
}
