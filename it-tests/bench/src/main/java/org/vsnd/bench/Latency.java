// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import org.vsnd.bench.ProbeResult.FrameRange;

/**
 * One stream's latency in frames, as the guest works it out and as the device says it reported it.
 *
 * @param guest {@code delay} minus the guest's own queue
 * @param device from {@code --stats}, once per second
 */
record Latency(Shape shape, String stream, FrameRange guest, FrameRange device) {}
