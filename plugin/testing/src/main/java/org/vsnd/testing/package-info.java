// SPDX-License-Identifier: Apache-2.0
/** What tests of several modules share: a raw end of a socket, what was logged, what a process holds, wrong messages. */
@NullMarked
package org.vsnd.testing;

import org.jspecify.annotations.NullMarked;
