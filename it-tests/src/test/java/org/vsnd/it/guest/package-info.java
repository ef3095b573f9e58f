// SPDX-License-Identifier: Apache-2.0
/**
 * Tests with the real thing: {@code vsnd serve} as a process of its own, QEMU, a Debian kernel with its virtio_snd
 * driver, aplay and arecord. They carry the tag {@code guest} and run with {@code ./vsnd test}.
 */
@NullMarked
package org.vsnd.it.guest;

import org.jspecify.annotations.NullMarked;
