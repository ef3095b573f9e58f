// SPDX-License-Identifier: Apache-2.0
/**
 * PCI for emulators that know memory-mapped devices only: a host bridge with one bus behind a window of configuration space
 * (ECAM, PCI Express 3.0 section 7.2.2) and windows for BARs. {@code docs/embedding.md} shows how to use it.
 */
@NullMarked
package org.vsnd.pci.ecam;

import org.jspecify.annotations.NullMarked;
