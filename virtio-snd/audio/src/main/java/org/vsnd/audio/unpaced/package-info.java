// SPDX-License-Identifier: Apache-2.0
/** Live host audio for guests that are not in real time: the host never sets their pace. */
@NullMarked
package org.vsnd.audio.unpaced;

import org.jspecify.annotations.NullMarked;
