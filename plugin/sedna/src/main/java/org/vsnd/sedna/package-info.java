// SPDX-License-Identifier: Apache-2.0
/**
 * vsnd in Sedna, a RISC-V emulator in Java (github.com/fnuecke/sedna). Built with {@code -Psedna} only; {@code docs/sedna.md}
 * says how.
 */
@NullMarked
package org.vsnd.sedna;

import org.jspecify.annotations.NullMarked;
