// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

/**
 * How many items a driver can ask a card for, by its configuration, VIRTIO 1.4 section 5.14.4; streams are not among them.
 *
 * @param controls control elements; 0 without VIRTIO_SND_F_CTLS
 */
public record ItemCounts(long jacks, long chmaps, long controls) {}
