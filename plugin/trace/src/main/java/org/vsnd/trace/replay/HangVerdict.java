// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

/**
 * What becomes of a guest that never went on with the traced card.
 *
 * @param what it waited for, as the trace says
 * @param goesOn whether it would go on with this card
 * @param why in words
 */
public record HangVerdict(String what, boolean goesOn, String why) {}
