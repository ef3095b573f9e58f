// SPDX-License-Identifier: Apache-2.0
/** Host audio whose sound is kept, to be compared with what a guest played. */
@NullMarked
package org.vsnd.cli.sound;

import org.jspecify.annotations.NullMarked;
