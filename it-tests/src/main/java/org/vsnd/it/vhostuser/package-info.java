// SPDX-License-Identifier: Apache-2.0
/**
 * A virtual machine monitor for tests that attaches a device over a vhost-user socket: protocol and PCI card are written
 * from their documents, not from the device's classes.
 */
@NullMarked
package org.vsnd.it.vhostuser;

import org.jspecify.annotations.NullMarked;
