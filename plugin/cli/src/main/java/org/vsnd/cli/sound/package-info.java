// SPDX-License-Identifier: Apache-2.0
/** Host audio whose sound is kept, for comparison with what a guest played. */
@NullMarked
package org.vsnd.cli.sound;

import org.jspecify.annotations.NullMarked;
