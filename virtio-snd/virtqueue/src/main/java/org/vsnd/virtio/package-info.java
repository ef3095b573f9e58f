// SPDX-License-Identifier: Apache-2.0
/** Virtqueues, and the interfaces between a virtio transport and a virtio device (VIRTIO 1.4 chapter 2). */
@NullMarked
package org.vsnd.virtio;

import org.jspecify.annotations.NullMarked;
