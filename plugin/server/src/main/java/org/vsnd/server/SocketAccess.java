// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.jspecify.annotations.Nullable;

/**
 * Who may connect to a socket: the permissions of its file.
 *
 * @param mode permission bits, 0 to 0777; connecting needs write permission
 * @param group name of the file's group, or null for that of the process
 */
public record SocketAccess(int mode, @Nullable String group) {
    /** For the owner only. */
    public static final SocketAccess OWNER_ONLY = new SocketAccess(0600, null);

    /** Checks the range. */
    public SocketAccess {
        if ((mode & ~0777) != 0) {
            throw new IllegalArgumentException(
                    "socket mode " + Integer.toOctalString(mode) + " is not between 0 and 0777");
        }
    }
}
