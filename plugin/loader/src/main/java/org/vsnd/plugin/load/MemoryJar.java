// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** The files of one JAR file, in memory. Of a multi-release JAR only those for every release. */
final class MemoryJar {
    private final String name;
    private final String sha256;
    private final Map<String, byte[]> entries = new HashMap<>();

    private MemoryJar(String name, String sha256) {
        this.name = name;
        this.sha256 = sha256;
    }

    /**
     * Takes a JAR file apart.
     *
     * @param name of the file
     * @param jar its bytes; a file that is not a ZIP file has no entries
     */
    static MemoryJar unpack(String name, byte[] jar) throws IOException {
        MemoryJar unpacked = new MemoryJar(name, sha256(jar));
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    unpacked.entries.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
        return unpacked;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    String name() {
        return name;
    }

    /** The SHA-256 of the JAR file. */
    String sha256() {
        return sha256;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The bytes of a file, which must not be changed; null if there is no such file. */
    byte @Nullable [] entry(String path) {
        return entries.get(path);
    }

    /** Whether there are classes in a package or below it. */
    boolean hasPackage(String packageName) {
        String folder = packageName.replace('.', '/') + "/";
        return entries.keySet().stream().anyMatch(path -> path.startsWith(folder) && path.endsWith(".class"));
    }
}
