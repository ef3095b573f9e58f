// SPDX-License-Identifier: Apache-2.0
/**
 * The replay of a trace against this card: plays the guest's side of the trace in virtual time, and judges what the card
 * does. {@link org.vsnd.trace.replay.Replay} is where it begins, {@link org.vsnd.trace.replay.Findings} what it comes to.
 */
@NullMarked
package org.vsnd.trace.replay;

import org.jspecify.annotations.NullMarked;
