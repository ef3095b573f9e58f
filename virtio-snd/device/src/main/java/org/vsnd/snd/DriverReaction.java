// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * What can be known of whether a driver has handled what was completed on a queue, be it of one stream or of several: with
 * VIRTIO_F_EVENT_IDX that its interrupt handler ran, without it nothing. Device thread only.
 */
interface DriverReaction {
    /** A mark that the driver has always reacted to. */
    long NOTHING_TO_REACT_TO = -1;

    /** Marks everything that was completed so far. */
    long mark();

    /** Whether the driver has reacted to what was completed before the mark, or nobody can know. */
    boolean to(long mark);
}
