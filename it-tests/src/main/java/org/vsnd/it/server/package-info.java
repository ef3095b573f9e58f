// SPDX-License-Identifier: Apache-2.0
/**
 * Real audio servers without hardware, for tests and measurements: PulseAudio and PipeWire in folders of their own, what
 * records from them and plays into them, and converters with clocks of their own at the far end of PulseAudio's pipes.
 * Everything runs in processes started, and ended, here. A program that is missing is a {@code BootException} that names
 * the package.
 */
@NullMarked
package org.vsnd.it.server;

import org.jspecify.annotations.NullMarked;
