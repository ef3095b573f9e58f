// SPDX-License-Identifier: Apache-2.0
/** Looks at the machine and says what is missing for what. */
@NullMarked
package org.vsnd.cli.doctor;

import org.jspecify.annotations.NullMarked;
