// SPDX-License-Identifier: Apache-2.0
/** Operators' commands to cards that are being served, over a local socket: a line of JSON each way. */
@NullMarked
package org.vsnd.cli.ctl;

import org.jspecify.annotations.NullMarked;
