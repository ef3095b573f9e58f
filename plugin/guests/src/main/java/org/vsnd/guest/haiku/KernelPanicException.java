// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** The kernel stops: it has touched memory that it had given back. */
public final class KernelPanicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KernelPanicException(long address, String where) {
        super(String.format("vm_page_fault: unhandled page fault in kernel space at 0x%x, ip %s", address, where));
    }
}
