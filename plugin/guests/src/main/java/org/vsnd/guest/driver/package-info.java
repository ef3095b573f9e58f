// SPDX-License-Identifier: Apache-2.0
/**
 * A guest driver's own code: enumerates PCI, negotiates, owns the rings and speaks the sound protocol. Shares nothing
 * with the device's classes, not even constants, so that an error cannot be on both sides. Everything goes through a
 * {@link org.vsnd.guest.driver.Bus}. One thread.
 */
@NullMarked
package org.vsnd.guest.driver;

import org.jspecify.annotations.NullMarked;
