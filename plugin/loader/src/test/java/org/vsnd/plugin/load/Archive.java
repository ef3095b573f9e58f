// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A plugin archive in the making. */
final class Archive {
    static final String MANIFEST = """
            id: sample
            name: Sample
            version: 1
            spi: 1
            class: org.vsnd.plugin.load.sample.SamplePlugin
            pci:
              vendor: 0x1af4
              device: 0x1059
              class: 0x040100
            resident: [org.vsnd.plugin.load.sample.resident]
            options:
              - name: level
                type: integer
                default: "3"
                min: 0
                max: 9
                unit: steps
                help: How much.
              - name: kind
                type: choice
                default: one
                choices: [one, two]
                unit: name
                help: Which.
            """;

    static final String PLUGIN_JAR = "lib/sample.jar";
    static final String RESIDENT_JAR = "lib/bindings.jar";

    private static final String CLASSES = "org/vsnd/plugin/load/sample/";

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /** One in which nothing is wrong. */
    Archive() throws IOException {
        with(PluginDescriptor.FILE, MANIFEST);
        with(PLUGIN_JAR, zip(classes("SamplePlugin", "SampleFunction", "NoPlugin", "ShyPlugin")));
        with(RESIDENT_JAR, zip(classes("resident/Resident")));
    }

    Archive with(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    Archive with(String name, String text) {
        return with(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Archive without(String name) {
        entries.remove(name);
        return this;
    }

    /** With a piece of its plugin.yaml replaced. */
    Archive withManifest(String piece, String instead) {
        if (!MANIFEST.contains(piece)) {
            throw new IllegalArgumentException(piece);
        }
        return with(PluginDescriptor.FILE, MANIFEST.replace(piece, instead));
    }

    /** Writes the archive. */
    Path zip(Path folder) throws IOException {
        return Files.write(folder.resolve("sample.zip"), zip(entries));
    }

    /** Writes what the archive would be unpacked to. */
    Path unpacked(Path folder) throws IOException {
        Path top = folder.resolve("sample");
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            Path file = top.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
        return top;
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Files for a JAR. */
    static Map<String, byte[]> classes(String... names) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : names) {
            String file = CLASSES + name + ".class";
            try (InputStream in = Archive.class.getResourceAsStream("/" + file)) {
                files.put(file, in.readAllBytes());
            }
        }
        return files;
    }
}
