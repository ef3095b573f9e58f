// SPDX-License-Identifier: Apache-2.0
/**
 * The smallest emulator that has a sound card: memory in pages, a clock of its own, PCI behind memory-mapped windows. It is the
 * example of {@code docs/embedding.md}, word for word, and a host for tests.
 */
@NullMarked
package org.vsnd.it.reference;

import org.jspecify.annotations.NullMarked;
