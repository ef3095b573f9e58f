// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code struct sockaddr_un}: a two-byte family and a file name of at most 107 bytes. */
final class SocketAddress {
    /** Longest file name in bytes, without the zero byte at its end. */
    static final int MAX_PATH_BYTES = 107;

    /** How the JDK encodes file names. */
    private static final Charset FILE_NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));

    private SocketAddress() {}

    static byte[] cString(Path path) {
        byte[] name = path.toString().getBytes(FILE_NAMES);
        byte[] terminated = new byte[name.length + 1];
        System.arraycopy(name, 0, terminated, 0, name.length);
        return terminated;
    }

    static boolean fits(Path path) {
        return cString(path).length - 1 <= MAX_PATH_BYTES;
    }

    /** @throws IllegalArgumentException if the name is too long; the message is a sentence for the operator */
    static byte[] of(Path path) {
        byte[] name = cString(path);
        if (name.length - 1 > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("the socket path " + path + " has " + (name.length - 1)
                    + " bytes, but may have at most " + MAX_PATH_BYTES + ": use a shorter one");
        }
        byte[] address = new byte[2 + name.length];
        address[0] = LibC.AF_UNIX;
        System.arraycopy(name, 0, address, 2, name.length);
        return address;
    }
}
