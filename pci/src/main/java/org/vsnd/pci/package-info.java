// SPDX-License-Identifier: Apache-2.0
/**
 * The parts of every PCI Express function: configuration space, capabilities, MSI-X and INTx. Nothing here knows what
 * the function does. Device thread only.
 */
@NullMarked
package org.vsnd.pci;

import org.jspecify.annotations.NullMarked;
