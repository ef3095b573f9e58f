// SPDX-License-Identifier: Apache-2.0
/** Checks the machine, and says what is missing and what needs it. */
@NullMarked
package org.vsnd.cli.doctor;

import org.jspecify.annotations.NullMarked;
