// SPDX-License-Identifier: Apache-2.0
/**
 * The virtio sound device, VIRTIO 1.4 section 5.14: control protocol, PCM streams, and when a message is done.
 *
 * <p>Everything here runs on the {@link org.vsnd.spi.DeviceThread}. A guest's fault in a request or a message becomes a status
 * code or an empty used element where it is read; one in a ring becomes DEVICE_NEEDS_RESET in one place,
 * {@link org.vsnd.snd.QueueService}.
 */
@NullMarked
package org.vsnd.snd;

import org.jspecify.annotations.NullMarked;
