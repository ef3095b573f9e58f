// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Writes a cpio archive in the "newc" format that the Linux kernel unpacks as its initial RAM disk. Folders that a path
 * needs are added automatically; everything belongs to root and has no date, so that equal contents give equal bytes.
 */
public final class CpioWriter implements AutoCloseable {
    private static final int S_IFDIR = 0040000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFCHR = 0020000;
    private static final int ALIGNMENT = 4;
    private static final int HEADER_LENGTH = 110;

    private final OutputStream out;
    private final Set<String> folders = new HashSet<>();
    private int inode = 1;
    private boolean closed;

    /**
     * Starts an archive.
     *
     * @param out gets the archive; closed together with this writer
     */
    public CpioWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Adds a regular file.
     *
     * @param path where it will be, without a leading slash
     * @param mode permission bits
     */
    public void file(String path, int mode, byte[] contents) throws IOException {
        parents(path);
        entry(path, S_IFREG | mode, 1, contents, 0, 0);
    }

    /** Adds a symbolic link. */
    public void link(String path, String target) throws IOException {
        parents(path);
        entry(path, S_IFLNK | 0777, 1, target.getBytes(StandardCharsets.UTF_8), 0, 0);
    }

    /** Adds a character device. */
    public void characterDevice(String path, int mode, int major, int minor) throws IOException {
        parents(path);
        entry(path, S_IFCHR | mode, 1, new byte[0], major, minor);
    }

    /** Adds a folder unless it is there already. */
    public void folder(String path) throws IOException {
        if (folders.add(path)) {
            parents(path);
            entry(path, S_IFDIR | 0755, 2, new byte[0], 0, 0);
        }
    }

    /** Writes the trailer and closes the stream. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            inode = 0;
            entry("TRAILER!!!", 0, 1, new byte[0], 0, 0);
            out.close();
        }
    }

    private void parents(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            folder(path.substring(0, slash));
        }
    }

    private void entry(String name, int mode, int links, byte[] contents, int major, int minor) throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        StringBuilder header = new StringBuilder(HEADER_LENGTH).append("070701");
        int[] fields = {
            inode, mode, 0, 0, links, 0, contents.length, 0, 0, major, minor, nameBytes.length + 1, 0,
        };
        for (int field : fields) {
            header.append(String.format("%08x", field));
        }
        out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
        out.write(nameBytes);
        out.write(0);
        pad(HEADER_LENGTH + nameBytes.length + 1);
        out.write(contents);
        pad(contents.length);
        inode++;
    }

    private void pad(int length) throws IOException {
        out.write(new byte[(ALIGNMENT - length % ALIGNMENT) % ALIGNMENT]);
    }
}
