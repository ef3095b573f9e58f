// SPDX-License-Identifier: Apache-2.0
/**
 * The parts of the C library that the JDK does not offer: {@link org.vsnd.nativebind.libc.LibC} is the raw binding,
 * name by name; the other classes give it a Java shape. Linux on x86-64 and aarch64 (64-bit, little endian).
 *
 * <p>No type of the binding library appears in the Java-shaped classes.
 */
@NullMarked
package org.vsnd.nativebind.libc;

import org.jspecify.annotations.NullMarked;
