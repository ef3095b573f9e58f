// SPDX-License-Identifier: Apache-2.0
/** Pictures of sound and its timing that a person can look at. Needs the JDK's java.desktop, but no display. */
@NullMarked
package org.vsnd.measure.picture;

import org.jspecify.annotations.NullMarked;
