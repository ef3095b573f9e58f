// SPDX-License-Identifier: Apache-2.0
/**
 * How a device's state becomes bytes and is read back without being trusted. {@code docs/snapshot.md} has the layout.
 *
 * <p>Every class with state has two methods. {@code save} writes it. {@code load} reads it, checks every field, changes
 * nothing and returns what applies it: a snapshot takes effect only when all of it has been read.
 */
@NullMarked
package org.vsnd.snapshot;

import org.jspecify.annotations.NullMarked;
