// SPDX-License-Identifier: Apache-2.0
/**
 * Records what a guest and a card say to each other as a trace, from any host: {@link
 * org.vsnd.trace.record.TraceRecorder} stands between the two. The device thread copies what passes by into a ring; a
 * thread of the recorder's own makes lines of it.
 */
@NullMarked
package org.vsnd.trace.record;

import org.jspecify.annotations.NullMarked;
