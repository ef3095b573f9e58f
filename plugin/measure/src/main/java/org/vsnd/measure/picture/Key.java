// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.picture;

import java.awt.Color;

/** What a colour of a panel means, in a word or two. */
public record Key(Color color, String words) {}
