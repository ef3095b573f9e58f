// SPDX-License-Identifier: Apache-2.0
/** A model of Linux' virtio_snd driver and of the part of ALSA that it tells of its progress. */
@NullMarked
package org.vsnd.guest.linux;

import org.jspecify.annotations.NullMarked;
