// SPDX-License-Identifier: Apache-2.0
/** Host audio for tests: what was played is kept, what is recorded is known. */
@NullMarked
package org.vsnd.trace.tape;

import org.jspecify.annotations.NullMarked;
