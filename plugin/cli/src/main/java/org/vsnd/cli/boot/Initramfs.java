// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.common.io.Resources;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** The guest's file system: the parts from Debian, our {@code /init}, and files of the caller's. One thread. */
public final class Initramfs {
    private static final int EXECUTABLE = 0755;
    private static final int PLAIN = 0644;

    private final List<Path> trees = new ArrayList<>();
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, byte[]> programs = new TreeMap<>();
    private final byte[] init;

    /**
     * With nothing of the caller's yet.
     *
     * @param parts what Debian delivers
     */
    public Initramfs(GuestParts parts) throws IOException {
        this(parts, init());
    }

    /**
     * With a first process of the caller's own.
     *
     * @param init a program or a script for {@code /bin/busybox sh}
     */
    public Initramfs(GuestParts parts, byte[] init) {
        trees.add(parts.root());
        this.init = init.clone();
    }

    /** Adds everything in a folder, in the layout it has there, when the archive is written. */
    public Initramfs tree(Path folder) {
        trees.add(folder);
        return this;
    }

    /** Adds a file; {@code path} is where it will be in the guest, without a leading slash. */
    public Initramfs file(String path, byte[] contents) {
        files.put(path, contents.clone());
        return this;
    }

    /** Adds a file that can be run; {@code path} is where it will be in the guest, without a leading slash. */
    public Initramfs program(String path, byte[] contents) {
        programs.put(path, contents.clone());
        return this;
    }

    /** Writes the compressed archive. */
    public void write(Path target) throws IOException {
        try (CpioWriter cpio =
                new CpioWriter(new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(target))))) {
            cpio.folder("dev");
            cpio.characterDevice("dev/console", 0600, 5, 1); // the kernel opens it before anything is mounted
            cpio.file("init", EXECUTABLE, init);
            for (Path tree : trees) {
                addTree(cpio, tree);
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                cpio.file(file.getKey(), PLAIN, file.getValue());
            }
            for (Map.Entry<String, byte[]> program : programs.entrySet()) {
                cpio.file(program.getKey(), EXECUTABLE, program.getValue());
            }
        }
    }

    private static void addTree(CpioWriter cpio, Path top) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(top)) {
            paths = walk.sorted().toList();
        }
        for (Path path : paths) {
            String name = top.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                cpio.link(name, Files.readSymbolicLink(path).toString());
            } else if (Files.isRegularFile(path)) {
                cpio.file(name, Files.isExecutable(path) ? EXECUTABLE : PLAIN, Files.readAllBytes(path));
            }
        }
    }

    private static byte[] init() throws IOException {
        return Resources.toByteArray(Resources.getResource(Initramfs.class, "init.sh"));
    }
}
