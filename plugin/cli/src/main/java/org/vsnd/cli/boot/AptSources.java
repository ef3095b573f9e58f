// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The package sources a Debian system is set up with: the mirror its owner chose is the one to use. Understands the
 * one-line form ({@code *.list}) and the deb822 form ({@code *.sources}), see sources.list(5).
 */
public record AptSources(List<Entry> entries) {
    private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

    /** One place packages come from. */
    public record Entry(String uri, List<String> suites, List<String> components) {
        public Entry {
            suites = List.copyOf(suites);
            components = List.copyOf(components);
        }

        /** Whether this is an archive of Debian itself, not its security archive nor another vendor's. */
        boolean isDebianArchive() {
            String path = withoutSlash();
            boolean mirrorList = path.startsWith("mirror+file:") && path.contains("/debian");
            return (path.endsWith("/debian") || mirrorList)
                    && components.contains("main")
                    && suites.stream().noneMatch(suite -> suite.contains("security"));
        }

        private String withoutSlash() {
            return CharMatcher.is('/').trimTrailingFrom(uri);
        }
    }

    public AptSources {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a system's sources.
     *
     * @param aptFolder {@code /etc/apt} on a live system
     */
    public static AptSources read(Path aptFolder) throws IOException {
        List<Path> files = new ArrayList<>();
        files.add(aptFolder.resolve("sources.list"));
        Path parts = aptFolder.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (Stream<Path> listed = Files.list(parts)) {
                listed.sorted().forEach(files::add);
            }
        }
        List<Entry> entries = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                continue;
            }
            if (file.toString().endsWith(".sources")) {
                entries.addAll(parseDeb822(Files.readString(file)));
            } else if (file.toString().endsWith(".list")) {
                entries.addAll(parseOneLine(Files.readString(file)));
            }
        }
        return new AptSources(entries);
    }

    /** The URI of the Debian archive, without a slash at its end; empty if the system has none. */
    public Optional<String> debianMirror() {
        return entries.stream()
                .filter(Entry::isDebianArchive)
                .map(Entry::withoutSlash)
                .findFirst();
    }

    /** Entries of a file in the one-line form: {@code deb [options] uri suite component...}. */
    static List<Entry> parseOneLine(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String plain = line.replaceFirst("#.*", "").replaceFirst("\\[[^]]*]", " ");
            List<String> words = WORDS.splitToList(plain);
            if (words.size() >= 3 && words.get(0).equals("deb")) {
                entries.add(new Entry(words.get(1), List.of(words.get(2)), words.subList(3, words.size())));
            }
        }
        return entries;
    }

    /** Entries of a file in the deb822 form: stanzas of {@code Field: values}, with continuation lines. */
    static List<Entry> parseDeb822(String text) {
        List<Entry> entries = new ArrayList<>();
        Stanza stanza = new Stanza();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("#")) {
                continue;
            }
            if (line.isBlank()) {
                stanza.addTo(entries);
                stanza = new Stanza();
            } else {
                stanza.line(line);
            }
        }
        stanza.addTo(entries);
        return entries;
    }

    private static final class Stanza {
        private final java.util.Map<String, String> fields = new java.util.HashMap<>();
        private String field = "";

        void line(String line) {
            if (Character.isWhitespace(line.charAt(0))) {
                fields.merge(field, line, (before, more) -> before + " " + more);
                return;
            }
            int colon = line.indexOf(':');
            field = line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
            fields.put(field, line.substring(colon + 1));
        }

        void addTo(List<Entry> entries) {
            boolean binary = words("types").contains("deb");
            boolean enabled = !List.of("no", "false", "0").containsAll(words("enabled"))
                    || words("enabled").isEmpty();
            if (binary && enabled) {
                for (String uri : words("uris")) {
                    entries.add(new Entry(uri, words("suites"), words("components")));
                }
            }
        }

        private List<String> words(String name) {
            return WORDS.splitToList(fields.getOrDefault(name, ""));
        }
    }
}
