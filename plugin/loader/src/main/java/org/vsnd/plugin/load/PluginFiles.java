// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.vsnd.spi.PluginException;

/**
 * The contents of an archive, in memory: {@code plugin.yaml} and {@code lib/*.jar}. Once it is read, the archive may be
 * moved, replaced or deleted. Nothing is unpacked.
 *
 * @param manifest the text of {@code plugin.yaml}
 * @param manifestSource where that is, for complaints
 * @param jars in the order of their names
 */
record PluginFiles(String manifest, String manifestSource, List<MemoryJar> jars) {
    private static final String LIB = "lib";
    private static final String JAR = ".jar";

    /** Reads an archive, or a folder into which one was unpacked. */
    static PluginFiles read(Path archiveOrFolder) throws PluginException {
        try {
            PluginFiles files =
                    Files.isDirectory(archiveOrFolder) ? readFolder(archiveOrFolder) : readArchive(archiveOrFolder);
            if (files.jars.isEmpty()) {
                throw new PluginException(archiveOrFolder + " has no lib/*.jar: name a whole plugin archive, or the"
                        + " folder into which one was unpacked");
            }
            return files;
        } catch (NoSuchFileException e) {
            throw new PluginException(
                    e.getFile() + " does not exist: name a plugin archive, or the folder into which one was unpacked",
                    e);
        } catch (ZipException | IllegalArgumentException e) { // the latter for malformed names, until JDK 21
            throw new PluginException(
                    archiveOrFolder + " is not a plugin archive (" + e.getMessage() + "): name a ZIP file with "
                            + PluginDescriptor.FILE + " and lib/*.jar",
                    e);
        } catch (IOException e) {
            throw new PluginException(archiveOrFolder + " cannot be read (" + why(e) + "): is it complete?", e);
        }
    }

    /** The message of a file system's exception may be a path. */
    private static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String words = e instanceof FileSystemException trouble ? trouble.getReason() : e.getMessage();
        return words == null ? "the system gives no reason" : words;
    }

    private static PluginFiles readFolder(Path folder) throws IOException, PluginException {
        Path manifest = folder.resolve(PluginDescriptor.FILE);
        if (!Files.exists(manifest)) {
            throw noManifest(folder);
        }
        Map<String, byte[]> jars = new TreeMap<>();
        try (DirectoryStream<Path> lib = Files.newDirectoryStream(folder.resolve(LIB), "*" + JAR)) {
            for (Path jar : lib) {
                jars.put(LIB + "/" + jar.getFileName(), Files.readAllBytes(jar));
            }
        }
        return new PluginFiles(text(Files.readAllBytes(manifest)), manifest.toString(), unpacked(folder, jars));
    }

    private static PluginFiles readArchive(Path archive) throws IOException, PluginException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Map<String, byte[]> jars = new TreeMap<>();
            for (ZipEntry entry : Collections.list(zip.entries())) {
                requireInside(archive, entry.getName());
                if (entry.getName().startsWith(LIB + "/") && entry.getName().endsWith(JAR)) {
                    jars.put(entry.getName(), bytes(zip, entry));
                }
            }
            ZipEntry manifest = zip.getEntry(PluginDescriptor.FILE);
            if (manifest == null) {
                throw noManifest(archive);
            }
            return new PluginFiles(
                    text(bytes(zip, manifest)), archive + "!/" + PluginDescriptor.FILE, unpacked(archive, jars));
        }
    }

    /** Nothing is unpacked here, but such names are made with harmful intent, and others may unpack the archive. */
    private static void requireInside(Path archive, String name) throws PluginException {
        if (name.startsWith("/")
                || name.contains("\\")
                || List.of(name.split("/", -1)).contains("..")) {
            throw new PluginException(archive + " has an entry that points outside it, '" + name
                    + "': do not use it, but get the archive again from a trusted place");
        }
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static List<MemoryJar> unpacked(Path from, Map<String, byte[]> jars) throws IOException, PluginException {
        List<MemoryJar> unpacked = new ArrayList<>();
        for (Map.Entry<String, byte[]> jar : jars.entrySet()) {
            MemoryJar content = MemoryJar.unpack(jar.getKey(), jar.getValue());
            if (content.isEmpty()) {
                throw new PluginException(from + ": " + jar.getKey() + " is not a JAR file: get the archive again");
            }
            unpacked.add(content);
        }
        return List.copyOf(unpacked);
    }

    private static PluginException noManifest(Path archiveOrFolder) {
        return new PluginException(archiveOrFolder + " has no " + PluginDescriptor.FILE
                + " at its top: name a plugin archive, or the folder into which one was unpacked");
    }
}
