// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** {@code struct sockaddr_un}: a two-byte family and a file name of at most 107 bytes. */
final class SocketAddress {
    /** Longest file name in bytes, without the zero byte at its end. */
    static final int MAX_PATH_BYTES = 107;

    /** How the JDK encodes file names. */
    private static final Charset FILE_NAMES =
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));

    private SocketAddress() {}

    /**
     * The name that a socket is bound to; with {@code @} for the zero byte of one that is not in the file system.
     */
    static Path nameOf(int fd) throws ErrnoException {
        NativeBuffer address = new NativeBuffer(2 + MAX_PATH_BYTES + 1);
        NativeBuffer length = new NativeBuffer(Integer.BYTES);
        length.bytes().putInt(0, address.capacity());
        if (LibC.getsockname(fd, address.address(), length.address()) != 0) {
            throw ErrnoException.last("name of the socket on descriptor " + fd);
        }
        byte[] name = new byte[Math.max(0, Math.min(length.bytes().getInt(0), address.capacity()) - 2)];
        address.bytes().get(2, name);
        boolean abstractName = name.length > 0 && name[0] == 0;
        int end = abstractName ? 1 : 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return Path.of((abstractName ? "@" : "")
                + new String(name, abstractName ? 1 : 0, abstractName ? end - 1 : end, FILE_NAMES));
    }

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

    /** Of a path, or of {@code @} and a name that is not in the file system. */
    static byte[] named(String name) {
        byte[] address = of(Path.of(name));
        if (name.startsWith("@")) {
            address[2] = 0;
            return Arrays.copyOf(address, address.length - 1); // the zero byte at the end would be part of the name
        }
        return address;
    }
}
