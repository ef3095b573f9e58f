// SPDX-License-Identifier: Apache-2.0
/**
 * A vfio-user client of our own: a virtual machine monitor without a processor, which behaves like QEMU 11.1 or like
 * cloud-hypervisor. Shares nothing with the server's classes.
 */
@NullMarked
package org.vsnd.it.vfiouser;

import org.jspecify.annotations.NullMarked;
