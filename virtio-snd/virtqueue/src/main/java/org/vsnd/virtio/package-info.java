// SPDX-License-Identifier: Apache-2.0
/** Virtqueues and what a virtio transport and a virtio device say to each other (VIRTIO 1.4 chapter 2). */
@NullMarked
package org.vsnd.virtio;

import org.jspecify.annotations.NullMarked;
